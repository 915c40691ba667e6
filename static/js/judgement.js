// What an answer means, for the line beside it: which words, and in which tone. No DOM.

import { credit, lost, passes } from "./scoring.js";

/**
 * @typedef {object} Judgement
 * @property {"" | "pass" | "half" | "fail" | "mute"} tone
 * @property {string} key of the words; "" for nothing to say
 * @property {Record<string, string>} [values]
 * @property {boolean} [veto] whether it caps the score once it is confirmed
 */

/**
 * @param {object} rule
 * @param {string | null} value
 * @param {boolean} skipped behind a failed gate
 * @returns {Judgement}
 */
export function judge(rule, value, skipped = false) {
  if (skipped) return { tone: "mute", key: "judgement.skipped" };
  if (value === null) return { tone: "", key: "" };
  if (value === "na") return { tone: "mute", key: "judgement.na" };
  const passed = passes(rule, value);
  if (passed === null) return { tone: "", key: "" }; // recorded only: its requirement says so
  const earns = plain(credit(rule, value));
  if (passed) return { tone: "pass", key: "judgement.pass", values: { n: earns } };
  const isHalf = rule.effect === "score" && rule.type !== "score" && earns !== "0";
  const key = { gate: "judgement.gate", deduct: "judgement.deduct" }[rule.effect] ??
    (isHalf ? "judgement.half" : "judgement.fail");
  const values = { n: plain(lost(rule, value)) };
  return { tone: isHalf ? "half" : "fail", key, values, veto: rule.critical };
}

/** A fraction of points without needless zeros: 3, 1.5, 0.67. @param {{n: bigint, d: bigint}} points */
export function plain({ n, d }) {
  const cents = (n * 200n + d) / (d * 2n);
  return String(Number(cents) / 100);
}
