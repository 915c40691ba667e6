// Makes photos ready to be kept, away from the page: taps are answered while it works. Classic and in
// one file, so that every browser that can keep the app starts it without a network.

import { canPaint, develop, Refused } from "./picture.js";

addEventListener("message", async ({ data: { id, original, marks } }) => {
  if (!canPaint()) return postMessage({ id, unable: true });
  try {
    const kept = await develop(original, marks);
    postMessage({ id, kept }, [kept.bytes, kept.thumb].filter(Boolean));
  } catch (error) {
    postMessage(error instanceof Refused ? { id, refused: error.key } : { id, unable: true });
  }
});
