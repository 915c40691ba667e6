// A white field to sign in, with finger, pen or mouse. What is seen on it is what is kept: dark ink on
// white, also at night.

const INK = "#14233b";
const LINE = 1 / 260; // of the width
const LEAST = 0.1; // of the width, over all strokes: less is a slip

export class SignaturePad {
  #canvas;
  #strokes = [];
  #stroke = null;
  #onchange;

  /** @param {HTMLCanvasElement} canvas @param {() => void} onchange a stroke more or less */
  constructor(canvas, onchange) {
    this.#canvas = canvas;
    this.#onchange = onchange;
    canvas.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.#stroke = [this.#place(event)];
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.#stroke || !event.isPrimary) return;
      const all = event.getCoalescedEvents?.() ?? [];
      for (const one of all.length ? all : [event]) this.#stroke.push(this.#place(one));
      this.#draw();
    });
    const lift = () => {
      if (this.#stroke?.length > 1) this.#strokes.push(this.#stroke);
      this.#stroke = null;
      this.#changed();
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    new ResizeObserver(() => this.#fit()).observe(canvas);
  }

  /** Whether nobody has signed yet. */
  get isEmpty() {
    const way = (points) => points.slice(1)
      .reduce((sum, { x, y }, n) => sum + Math.hypot(x - points[n].x, y - points[n].y), 0);
    return this.#strokes.reduce((sum, points) => sum + way(points), 0) < LEAST;
  }

  undo() {
    this.#strokes.pop();
    this.#changed();
  }

  clear() {
    this.#strokes = [];
    this.#changed();
  }

  /** The signature as a picture of that width. @param {number} width @param {string} type @returns {Promise<ArrayBuffer>} */
  async picture(width, type) {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = Math.round((width * this.#canvas.height) / this.#canvas.width);
    paint(canvas, this.#strokes);
    const blob = await new Promise((done) => canvas.toBlob(done, type, 0.85));
    return blob.arrayBuffer();
  }

  /** Fractions of the width, both: the field keeps its shape when the tablet is turned. */
  #place({ clientX, clientY }) {
    const box = this.#canvas.getBoundingClientRect();
    return { x: (clientX - box.x) / box.width, y: (clientY - box.y) / box.width };
  }

  #fit() {
    const { width, height } = this.#canvas.getBoundingClientRect();
    if (!width) return;
    this.#canvas.width = Math.round(width * devicePixelRatio);
    this.#canvas.height = Math.round(height * devicePixelRatio);
    this.#draw();
  }

  #changed() {
    this.#draw();
    this.#onchange();
  }

  #draw() {
    paint(this.#canvas, [...this.#strokes, this.#stroke].filter(Boolean));
  }
}

function paint(canvas, strokes) {
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.strokeStyle = INK;
  context.lineWidth = Math.max(2, width * LINE);
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  for (const [first, ...rest] of strokes) {
    context.moveTo(first.x * width, first.y * width);
    for (const { x, y } of rest) context.lineTo(x * width, y * width);
  }
  context.stroke();
}
