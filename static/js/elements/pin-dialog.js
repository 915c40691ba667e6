// On the list of visits: setting the PIN that unlocks this tablet without a network.

import { flawOf, pinHolders, setPin } from "../pins.js";

/** Show whether a person has a PIN here, and let them set one. @param {string} person */
export async function armPin(person) {
  const words = JSON.parse(document.getElementById("pin-words").textContent);
  const card = document.querySelector("[data-pin]");
  const form = document.querySelector("[data-pin-form]");
  const error = form.querySelector("[data-pin-error]");
  const button = form.querySelector("button[type=submit]");
  const [pin, again] = form.querySelectorAll("input");
  const dialog = document.getElementById("pin");

  const show = async () => {
    const isSet = (await pinHolders()).some((holder) => holder.person === person);
    card.dataset.pin = isSet ? "set" : "none";
    card.querySelector("[data-pin-says]").textContent = words[isSet ? "is_set" : "is_none"];
    card.querySelector("[data-pin-open]").textContent = words[isSet ? "set" : "none"];
    card.hidden = false;
  };

  const flaw = () => flawOf(pin.value) || (pin.value === again.value ? "" : "different");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    const wrong = flaw();
    error.textContent = words[wrong] ?? "";
    pin.setAttribute("aria-invalid", String(Boolean(wrong)));
    if (wrong) return void pin.focus();
    button.disabled = true;
    const isSet = await setPin(person, pin.value);
    button.disabled = false;
    if (!isSet) return void (error.textContent = words.unreachable);
    dialog.close();
    await show();
  });
  dialog.addEventListener("close", () => {
    form.reset();
    error.textContent = "";
    pin.removeAttribute("aria-invalid");
  });
  await show();
}
