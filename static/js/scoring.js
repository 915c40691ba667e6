// The score of one visit, out of 100 (domain.md 3.7): the twin of inspector/visits/scoring.py, so
// that the tablet shows, without a network, what the server will keep. No DOM. One table of cases,
// tests/unit/scoring_cases.json, holds both to the same figures.
//
// A rule is a plain object with the checklist's keys (code, section, type, op, limit, half_limit,
// max, points, effect, critical), its numbers as JSON numbers or as text. Points and scores are
// exact fractions { n, d } of BigInts, because floating point rounds 1.005 down; `shown` makes
// text of them.

const NA = "na";
const ZERO = { n: 0n, d: 1n };
const HUNDRED = { n: 100n, d: 1n };
const OPS = { "<=": (a, b) => compare(a, b) <= 0, ">=": (a, b) => compare(a, b) >= 0 };

/** Score a visit, or what has been answered of it so far.
 *  answers: {code: "yes" | "no" | "na" | a plain number as text}, without the unanswered.
 *  standings: {code: "pending" | "confirmed" | "rejected"}; occurrences: {code: 1, 2, 3 …}.
 *  value is null when nothing was applicable; failed and unanswered are arrays of codes, skipped
 *  is a Set, sections an object by code. */
export function score(rules, answers, { standings = {}, occurrences = {}, cap = 59 } = {}) {
  const behind = skipped(rules, answers, standings);
  const lines = rules.map((rule) => line(rule, answers, standings, behind));
  const failures = lines.filter(({ state }) => state === "failed");
  const earned = total(lines.map((line) => line.earned));
  const available = total(lines.map((line) => line.available));
  const again = ({ code }) => number(Math.min(occurrences[code] ?? 1, 3) - 1);
  const extra = total(failures.map((line) =>
    times(again(line.rule), minus(line.available, line.earned))));
  const deducted = total(failures.filter(({ rule }) => rule.effect === "deduct")
    .map(({ rule }) => number(rule.points)));
  const vetoes = failures.filter(({ rule }) => rule.critical)
    .map(({ rule }) => standings[rule.code]);
  const vetoed = vetoes.includes("confirmed");
  let value = null;
  if (available.n) {
    value = minus(over(times(HUNDRED, minus(earned, extra)), available), deducted);
    value = least(compare(value, ZERO) < 0 ? ZERO : value, vetoed ? number(cap) : HUNDRED);
  }
  return {
    value,
    earned,
    available,
    extra,
    deducted,
    vetoed,
    vetoPending: vetoes.some((standing) => standing !== "confirmed"),
    failed: failures.map(({ rule }) => rule.code),
    unanswered: lines.filter(({ state }) => state === "unanswered").map(({ rule }) => rule.code),
    skipped: behind,
    sections: Object.fromEntries([...new Set(rules.map((rule) => rule.section))]
      .map((code) => [code, section(lines.filter(({ rule }) => rule.section === code))])),
  };
}

/** The codes behind a failed gate in its section: they lose their points and make no findings.
 *  What is answered NA does not apply, gate or no gate, so it is not skipped. */
export function skipped(rules, answers, standings = {}) {
  const shut = new Set();
  const behind = new Set();
  for (const rule of rules) {
    if (shut.has(rule.section)) {
      if (answers[rule.code] !== NA) behind.add(rule.code);
    } else if (rule.effect === "gate" && fails(rule, answers, standings)) {
      shut.add(rule.section);
    }
  }
  return behind;
}

/** Whether an answer passes; null when nothing hangs on it: NA, or an item tracked only. */
export function passes(rule, value) {
  if (value === NA || !number(rule.points).n) return null;
  return rule.type === "yesno" ? value === "yes" : meets(rule, rule.limit, value);
}

/** The points an answer earns: all, half (half limit met), in proportion (score), or none. */
export function credit(rule, value) {
  const points = weight(rule);
  const passed = passes(rule, value);
  if (passed === null) return ZERO;
  if (rule.type === "score") return over(times(points, number(value)), number(rule.max));
  if (passed) return points;
  return meets(rule, rule.half_limit, value) ? over(points, number(2)) : ZERO;
}

/** The points an answer loses; of a deduction, what it takes off the final score. */
export function lost(rule, value) {
  const passed = passes(rule, value);
  if (passed === null) return ZERO;
  if (rule.effect === "deduct") return passed ? ZERO : number(rule.points);
  return minus(weight(rule), credit(rule, value));
}

/** Points or a score as people read it: two decimals, half up; a dash for null. */
export function shown(value) {
  if (value === null) return "—";
  const cents = (value.n * 200n + value.d) / (value.d * 2n);
  return `${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`;
}

function line(rule, answers, standings, behind) {
  const value = answers[rule.code];
  const available = weight(rule);
  if (behind.has(rule.code)) return { rule, state: "skipped", earned: ZERO, available };
  if (value === undefined) return { rule, state: "unanswered", earned: ZERO, available: ZERO };
  if (value === NA) return { rule, state: "answered", earned: ZERO, available: ZERO };
  if (fails(rule, answers, standings)) {
    return { rule, state: "failed", earned: credit(rule, value), available };
  }
  const rejected = passes(rule, value) === false;
  return { rule, state: "answered", earned: rejected ? available : credit(rule, value), available };
}

function fails(rule, answers, standings) {
  const value = answers[rule.code];
  if (value === undefined || standings[rule.code] === "rejected") return false;
  return passes(rule, value) === false;
}

const weight = (rule) => (rule.effect === "deduct" ? ZERO : number(rule.points));
const meets = (rule, limit, value) =>
  limit != null && OPS[rule.op](number(value), number(limit));

function section(lines) {
  const count = (...states) => lines.filter(({ state }) => states.includes(state)).length;
  return {
    earned: total(lines.map((line) => line.earned)),
    available: total(lines.map((line) => line.available)),
    answered: count("answered", "failed"),
    total: lines.length,
    failed: count("failed"),
    unanswered: count("unanswered"),
  };
}

function number(text) {
  const [, sign, whole, part = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  return fraction(BigInt(sign + whole + part), 10n ** BigInt(part.length));
}
const divisor = (a, b) => (b ? divisor(b, a % b) : a < 0n ? -a : a);
const fraction = (n, d) => ({ n: n / divisor(n, d), d: d / divisor(n, d) });
const minus = (a, b) => fraction(a.n * b.d - b.n * a.d, a.d * b.d);
const times = (a, b) => fraction(a.n * b.n, a.d * b.d);
const over = (a, b) => fraction(a.n * b.d, a.d * b.n);
const compare = (a, b) => Number(a.n * b.d - b.n * a.d);
const least = (a, b) => (compare(a, b) < 0 ? a : b);
const total = (all) => all.reduce((a, b) => fraction(a.n * b.d + b.n * a.d, a.d * b.d), ZERO);
