// The page's sentences in its language, written by the server (templates/visits/tablet/_words.html),
// and the few forms that only the tablet needs: times and stopwatches. No other module holds text.

let words = {};
let language = "zh-CN";

/**
 * Take the words that the page brought along.
 * @param {Record<string, string>} given
 * @param {string} [tongue] the page's language
 */
export function learn(given, tongue = "zh-CN") {
  words = given;
  language = tongue;
  made = null;
}

/**
 * A sentence by its key, with its {fields} filled in.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  if (!(key in words)) throw new Error(`no words for ${key}`);
  return words[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** @param {string | number | Date} moment @returns {string} 09:12, on the bank's clock */
export const clock = (moment) => formats().clock.format(new Date(moment));

/** @param {string | number | Date} moment @returns {string} 11月23日 09:12, or 23 Nov 09:12 */
export const dayAndClock = (moment) => `${formats().day.format(new Date(moment))} ${clock(moment)}`;

/** @param {number} ms @returns {string} 00:47.2, or 20:05.0 */
export function watchFace(ms) {
  const tenths = Math.floor(ms / 100);
  const two = (n) => String(n).padStart(2, "0");
  return `${two(Math.floor(tenths / 600))}:${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}`;
}

let made = null;

/** Made once: a formatter costs more than all else on the page. */
function formats() {
  const isChinese = language.startsWith("zh");
  const inShanghai = (options) =>
    new Intl.DateTimeFormat(isChinese ? "zh-CN" : "en-GB", { timeZone: "Asia/Shanghai", ...options });
  made ??= {
    clock: inShanghai({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    day: inShanghai({ month: isChinese ? "long" : "short", day: "numeric" }),
  };
  return made;
}
