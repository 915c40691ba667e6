// What an answer of the server, or its silence, means for what was sent. Pure.
//
// Nothing leaves the tablet because an answer merely looked like success: a 200 that is a sign-in
// page or a captive portal's is a failure like any other.

/**
 * @typedef {object} Reply what came back; status 0 when nothing did
 * @property {number} status
 * @property {any} [json] the body, when it was JSON
 *
 * @typedef {object} Verdict
 * @property {"taken" | "retry" | "sign_in" | "hold" | "gap" | "photos" | "refused"} act
 * @property {string} [code] @property {string} [sentence] @property {number} [expected]
 * @property {string[]} [missing]
 */

/** What to do after sending operations. @param {Reply} reply @returns {Verdict} */
export function verdictOnOps({ status, json }) {
  if (status === 200) return Array.isArray(json?.results) ? { act: "taken" } : { act: "retry" };
  const error = errorOf(json);
  if (status === 409 && error.code === "ops.gap") return { act: "gap", ...error };
  if (status === 424 && Array.isArray(error.missing)) return { act: "photos", ...error };
  return verdictOnRefusal(status, error);
}

/** What to do after sending a photo. @param {Reply} reply @param {string} sha256 @returns {Verdict} */
export function verdictOnPhoto({ status, json }, sha256) {
  if (status === 200) return json?.sha256 === sha256 ? { act: "taken" } : { act: "retry" };
  const error = errorOf(json);
  if (error.code === "photo.mismatch") return { act: "retry" }; // damaged on the way
  return verdictOnRefusal(status, error);
}

/**
 * How long to wait before the next attempt: 0.5 s, doubled with each failure, at most a minute, and
 * spread by half, so that the tablets of a whole branch do not come back at once.
 * @param {number} failures in a row, from 1
 * @param {number} chance 0 to 1
 * @returns {number} milliseconds
 */
export function backOff(failures, chance) {
  return Math.min(60_000, 500 * 2 ** (failures - 1)) * (0.5 + chance / 2);
}

function verdictOnRefusal(status, error) {
  // Without our error body it was not our server that spoke.
  if (!error.code) return { act: "retry" };
  if (status === 401) return { act: "sign_in", ...error };
  if (status === 403) return { act: "hold", ...error };
  if (status === 413 || status === 422) return { act: "refused", ...error };
  return { act: "retry", ...error };
}

function errorOf(json) {
  const error = json?.error;
  return typeof error?.code === "string" ? error : {};
}
