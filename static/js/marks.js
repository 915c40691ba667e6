// What an inspector draws on a photo: boxes that cover, arrows, lines by hand. The editor shows it and
// the worker burns it in with the same strokes. No DOM.

/**
 * @typedef {object} Mark places are fractions of the picture's width and height, 0 to 1
 * @property {"cover" | "arrow" | "pen"} tool
 * @property {{x: number, y: number}[]} points two for a box or an arrow, any number for a line
 */

const RED = "#d81b0a";
const LINE = 1 / 130; // of the long edge
const HEAD = 6; // the head of an arrow, in widths of its line

/**
 * Draw marks, the older below the newer.
 * @param {CanvasRenderingContext2D} context
 * @param {Mark[]} marks
 * @param {{width: number, height: number}} size of the picture on this canvas
 */
export function drawMarks(context, marks, { width, height }) {
  const weight = Math.max(2, Math.max(width, height) * LINE);
  for (const { tool, points } of marks) {
    const places = points.map(({ x, y }) => ({ x: x * width, y: y * height }));
    if (tool === "cover") cover(context, places);
    else stroke(context, tool === "arrow" ? arrow(places, weight) : [places], weight);
  }
}

/** Whether a mark is more than a slip of the finger. @param {Mark} mark */
export function isSeen({ tool, points }) {
  if (points.length < 2) return false;
  const spread = (axis) => {
    const values = points.map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  const [across, down] = [spread("x"), spread("y")];
  return tool === "cover" ? across > 0.005 && down > 0.005 : across + down > 0.01;
}

/** Whole pixels outwards: at a soft edge what is beneath could still be guessed. */
function cover(context, [a, b]) {
  const [left, right] = [Math.floor(Math.min(a.x, b.x)), Math.ceil(Math.max(a.x, b.x))];
  const [top, bottom] = [Math.floor(Math.min(a.y, b.y)), Math.ceil(Math.max(a.y, b.y))];
  context.fillStyle = "#000";
  context.fillRect(left, top, right - left, bottom - top);
}

function arrow([from, to], weight) {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const length = HEAD * weight;
  const barb = (turn) => ({
    x: to.x - length * Math.cos(angle + turn),
    y: to.y - length * Math.sin(angle + turn),
  });
  return [[from, to], [barb(0.5), to, barb(-0.5)]];
}

/** Red with a white rim, to be seen on a red sign and on a dark floor. */
function stroke(context, lines, weight) {
  context.lineCap = context.lineJoin = "round";
  for (const [colour, wide] of [["#fff", weight * 1.8], [RED, weight]]) {
    context.strokeStyle = colour;
    context.lineWidth = wide;
    context.beginPath();
    for (const [first, ...rest] of lines) {
      context.moveTo(first.x, first.y);
      for (const { x, y } of rest) context.lineTo(x, y);
    }
    context.stroke();
  }
}
