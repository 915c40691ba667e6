// Numbers as inspectors type them: full-width digits, a stray point, too many zeros. No DOM.

/**
 * What may stand in a number field while it is typed: digits and at most one point.
 * @param {string} text
 * @param {boolean} [whole] no point at all
 */
export function onlyNumber(text, whole = false) {
  const plain = text.normalize("NFKC").replace(/[。,、]/g, ".").replace(/[^\d.]/g, "");
  const [first, ...rest] = plain.split(".");
  return whole || !rest.length ? first : `${first}.${rest.join("").slice(0, 2)}`;
}

/**
 * The number as it is recorded: up to seven digits and two decimals, no needless zeros; null for none.
 * @param {string} text
 * @returns {string | null}
 */
export function numberOf(text) {
  const match = /^(\d*)\.?(\d{0,2})$/.exec(onlyNumber(text));
  if (!match || !(match[1] || match[2])) return null;
  const whole = match[1].replace(/^0+(?=\d)/, "").slice(0, 7) || "0";
  const part = match[2].replace(/0+$/, "");
  return part ? `${whole}.${part}` : whole;
}

/** Minutes and seconds as whole seconds, as text; null when both are empty. */
export function secondsOf(minutes, seconds) {
  if (!minutes && !seconds) return null;
  return String(Math.min(99_999, Number(minutes || 0) * 60 + Number(seconds || 0)));
}
