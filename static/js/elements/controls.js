// The ways to answer an item: buttons for yes/no and steps, a field for a number. The stopwatch is an
// element of its own. Each is made for one item and can show a value that came from elsewhere.

import { numberOf, onlyNumber } from "../numbers.js";
import { listen, Typing } from "../typing.js";

/**
 * Buttons: yes, no, not applicable; or steps.
 * @param {HTMLElement} item
 * @param {(value: string | null) => void} answer
 */
export function buttons(item, answer) {
  const radios = [...item.querySelectorAll("fieldset.answer input[type=radio]")];
  for (const radio of radios) {
    radio.addEventListener("change", () => answer(radio.value));
    radio.addEventListener("keydown", ({ key }) => {
      if (key === "Delete" || key === "Backspace") answer(null);
    });
  }
  return (value) => {
    for (const radio of radios) radio.checked = radio.value === value;
  };
}

/**
 * A number: judged while it is typed, recorded when the typing pauses or the field is left.
 * @param {HTMLElement} item
 * @param {(value: string | null) => void} answer
 * @param {(value: string | null) => void} preview
 * @param {(busy: boolean) => void} busy
 */
export function number(item, answer, preview, busy) {
  const input = item.querySelector("[data-number]");
  const typing = new Typing((text) => answer(numberOf(text)), busy);
  const na = notApplicable(item, answer);
  listen(input, typing, (text) => onlyNumber(text));
  input.addEventListener("input", () => preview(numberOf(input.value)));
  return (value) => {
    na(value);
    const text = value === "na" ? "" : value ?? "";
    if (typing.isDirty || (numberOf(input.value) ?? "") === text) return;
    typing.settle(text);
    input.value = text;
  };
}

/** The box that says an item does not apply, where that is allowed. */
export function notApplicable(item, answer) {
  const box = item.querySelector("[data-na]");
  box?.addEventListener("change", () => answer(box.checked ? "na" : null));
  return (value) => {
    if (box) box.checked = value === "na";
  };
}
