// What an answer means, for the line beside it: which words, and in which tone. No DOM.

import { credit, lost, passes } from "./scoring.js";

/**
 * @typedef {object} Judgement
 * @property {"" | "pass" | "half" | "fail" | "mute"} tone
 * @property {string} key of the words; "" for nothing to say
 * @property {Record<string, string>} [values]
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
  if (passed === null) return { tone: "mute", key: "judgement.recorded" };
  const earns = plain(credit(rule, value));
  const loses = plain(lost(rule, value));
  if (passed) return { tone: "pass", key: "judgement.pass", values: { n: earns } };
  if (rule.effect === "gate") return { tone: "fail", key: "judgement.gate", values: { n: loses } };
  if (rule.effect === "deduct") return { tone: "fail", key: "judgement.deduct", values: { n: loses } };
  if (rule.critical) return { tone: "fail", key: "judgement.veto", values: { n: loses } };
  if (rule.type !== "score" && earns !== "0") {
    return { tone: "half", key: "judgement.half", values: { n: loses } };
  }
  return { tone: "fail", key: "judgement.fail", values: { n: loses } };
}

/** A fraction of points without needless zeros: 3, 1.5, 0.67. @param {{n: bigint, d: bigint}} points */
export function plain({ n, d }) {
  const cents = (n * 200n + d) / (d * 2n);
  return String(Number(cents) / 100);
}
