// Read by witness.py: what the page shows of each item, after it has had the time to show it.
() => new Promise((resolve) => {
  const value = (item) => {
    if (item.querySelector("input[data-na]")?.checked) return "na";
    const number = item.querySelector("[data-number]");
    if (number) return number.value || null;
    const seconds = item.querySelector("[data-seconds]");
    if (!seconds) return item.querySelector("fieldset.answer input:checked")?.value ?? null;
    const minutes = item.querySelector("[data-minutes]").value;
    return minutes || seconds.value ? String(Number(minutes) * 60 + Number(seconds.value)) : null;
  };
  const isDraft = (tile) => /处理中|未保存/.test(tile.querySelector("figcaption").textContent);
  const tiles = (item, stage) =>
    [...item.querySelectorAll(`photo-strip[data-stage=${stage}] figure.tile`)];
  const photos = (item, stage) =>
    tiles(item, stage).filter((tile) => !isDraft(tile)).map((tile) => tile.dataset.sha256 ?? "?");
  const text = (item, name) => item.querySelector(`[data-text=${name}]`)?.value ?? "";
  const read = () => ({
    dock: document.querySelector("[data-why]").textContent,
    arrivals: document.querySelector("[data-arrivals]").textContent,
    alerts: document.querySelector("[data-alerts]").textContent,
    items: Object.fromEntries([...document.querySelectorAll("checklist-item")].map((item) => [
      item.dataset.item,
      {
        state: item.querySelector("[data-state]").textContent,
        value: value(item),
        note: text(item, "note"),
        place: text(item, "place"),
        corrected: Boolean(item.querySelector("[data-corrected]")?.checked),
        before: photos(item, "before"),
        after: photos(item, "after"),
        drafts: [...item.querySelectorAll("figure.tile")].filter(isDraft).length,
      },
    ])),
  });
  let patience = 40;
  const look = () => {
    const seen = read();
    const isReady = Object.values(seen.items).every((item) => ![...item.before, ...item.after].includes("?"));
    if (isReady || !patience--) resolve(seen);
    else setTimeout(look, 25); // a thumbnail is on its way
  };
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(look, 0)));
})
