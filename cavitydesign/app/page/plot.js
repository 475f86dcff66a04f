// Small plots in SVG: axes with units, lines, stems, points, thresholds, read-outs under the pointer.

const SPACE = "http://www.w3.org/2000/svg";
const LEAST_TICKS = 3; // two ends and one between show whether an axis is logarithmic
const MARGIN = { left: 58, right: 12, top: 12, bottom: 36 };

export function number(value, digits = 5) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-3)) return value.toExponential(Math.max(0, digits - 2)).replace(/\.?0+e/, "e").replace("e+", "e");
  return String(Number(value.toPrecision(digits)));
}

export function ticks(low, high, wanted = 6) {
  const raw = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= raw);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i += 1) found.push(Number((i * step).toPrecision(12)));
  return found;
}

function logTicks(low, high) {
  const decades = Math.log10(high / low);
  const found = [];
  const stride = Math.max(1, Math.ceil(decades / 6));
  const inner = decades < 1.6 ? [1, 2, 3, 4, 5, 6, 8] : decades < 3 ? [1, 2, 5] : [1];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e += 1) {
    if (inner.length === 1 && ((e % stride) + stride) % stride !== 0) continue;
    for (const one of inner) if (one * 10 ** e >= low * 0.999 && one * 10 ** e <= high * 1.001) found.push(one * 10 ** e);
  }
  // a range such as 10 to 16 holds no power of ten and few of its multiples
  return found.length < LEAST_TICKS ? ticks(low, high) : found;
}

export function element(name, attributes, parent, text) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

// Words in lines of at most so many letters, where blanks allow it.
function wrapped(words, most) {
  const lines = [""];
  for (const word of words.split(" ")) {
    if (lines.at(-1) && lines.at(-1).length + word.length + 1 > most) lines.push(word);
    else lines.push(`${lines.pop()} ${word}`.trim());
  }
  return lines;
}

const TABLES = ["cavity", "modes", "gain", "pump", "lasing"];
const UNITS = { mj_cm2: "mJ/cm²", per_cm: "cm⁻¹", per_um: "µm⁻¹", um3: "µm³", um: "µm", nm: "nm", deg: "°", db: "dB", ps: "ps", fs: "fs" };

// A column's name as an axis says it: cavity.diameter_um is diameter (µm).
export function named(column) {
  const parts = column.split(".");
  if (TABLES.includes(parts[0])) parts.shift();
  const unit = Object.keys(UNITS).find((one) => parts.some((part) => part.endsWith(`_${one}`)));
  const bare = (one) => (unit && one.endsWith(`_${unit}`) ? one.slice(0, -unit.length - 1) : one).replaceAll("_", " ");
  const words = parts.map(bare).join(", ").replace(/^fsr/, "FSR").replace(/^at fluence/, "fluence").replace(/\bq\b(?! *$)/, "Q");
  return unit ? `${words} (${UNITS[unit]})` : words;
}

export class Plot {
  // host: a div; label: what a screen reader says of it.
  constructor(host, label) {
    this.host = host;
    this.svg = element("svg", { role: "img", "aria-label": label }, null);
    host.append(this.svg);
    this.paint = null;
    new ResizeObserver(() => this.redraw()).observe(host);
    this.svg.addEventListener("pointermove", (event) => this.point(event));
    this.svg.addEventListener("pointerleave", () => this.cursor && this.cursor.setAttribute("visibility", "hidden"));
  }

  // axes: {x: {low, high, label, log}, y: ..., solid: cells cover the grid}; paint(plot): draws with x(), y() and add();
  // read(x, y): told of the pointer, returns the x where the cursor stands.
  draw(axes, paint, read) {
    Object.assign(this, { axes, paint, read });
    this.redraw();
  }

  clear(words) {
    this.paint = null;
    this.svg.replaceChildren();
    this.svg.removeAttribute("viewBox");
    const lines = wrapped(words, Math.max(20, Math.floor(this.host.clientWidth / 7)));
    lines.forEach((line, i) => element("text", { x: "50%", y: "50%", dy: `${1.4 * (i - (lines.length - 1) / 2)}em`, "text-anchor": "middle" }, this.svg, line));
  }

  redraw() {
    if (!this.paint) return;
    this.held = [...this.svg.querySelectorAll("[tabindex]")].indexOf(document.activeElement);
    this.svg.replaceChildren();
    this.width = Math.max(this.host.clientWidth, 160);
    this.height = Math.max(this.host.clientHeight, 120);
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.drawAxes();
    this.paint(this);
    // what had the keyboard's focus has it again
    if (this.held >= 0) this.svg.querySelectorAll("[tabindex]")[this.held]?.focus({ preventScroll: true });
    this.cursor = element("line", { class: "cursor", y1: MARGIN.top, y2: this.height - MARGIN.bottom, visibility: "hidden" }, this.svg);
  }

  get innerHeight() { return Math.max(this.host.clientHeight, 120) - MARGIN.top - MARGIN.bottom; }

  share(axis, value) {
    return axis.log ? Math.log(value / axis.low) / Math.log(axis.high / axis.low) : (value - axis.low) / (axis.high - axis.low);
  }

  x(value) { return MARGIN.left + this.share(this.axes.x, value) * (this.width - MARGIN.left - MARGIN.right); }

  y(value) { return this.height - MARGIN.bottom - this.share(this.axes.y, value) * (this.height - MARGIN.top - MARGIN.bottom); }

  add(name, attributes, text) { return element(name, attributes, this.svg, text); }

  drawAxes() {
    const { left, right, top, bottom } = MARGIN;
    const [x1, y1] = [this.width - right, this.height - bottom];
    for (const value of this.axes.x.log ? logTicks(this.axes.x.low, this.axes.x.high) : ticks(this.axes.x.low, this.axes.x.high)) {
      const x = this.x(value);
      if (!this.axes.solid) this.add("line", { class: "grid", x1: x, x2: x, y1: top, y2: y1 });
      this.add("line", { class: "tick", x1: x, x2: x, y1, y2: y1 - 4 });
      this.add("text", { x, y: y1 + 14, "text-anchor": "middle" }, number(value, 6));
    }
    if (!this.axes.y.bare) {
      for (const value of this.axes.y.log ? logTicks(this.axes.y.low, this.axes.y.high) : ticks(this.axes.y.low, this.axes.y.high, 5)) {
        const y = this.y(value);
        if (!this.axes.solid) this.add("line", { class: "grid", x1: left, x2: x1, y1: y, y2: y });
        this.add("line", { class: "tick", x1: left, x2: left + 4, y1: y, y2: y });
        this.add("text", { x: left - 5, y: y + 4, "text-anchor": "end" }, number(value, 4));
      }
    }
    this.add("rect", { class: "axis", x: left, y: top, width: x1 - left, height: y1 - top });
    this.add("text", { x: (left + x1) / 2, y: this.height - 4, "text-anchor": "middle" }, this.axes.x.label);
    const middle = (top + y1) / 2;
    this.add("text", { x: 12, y: middle, "text-anchor": "middle", transform: `rotate(-90 12 ${middle})` }, this.axes.y.label);
  }

  // Marks as one stop of the tab key: arrow keys go from one to the next, Enter or the space bar opens.
  roving(marks, open) {
    const kept = Math.max(0, this.held);
    marks.forEach((mark, i) => {
      mark.setAttribute("tabindex", i === kept ? 0 : -1);
      mark.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") return open(i, event.preventDefault());
        const next = marks[i + ({ ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key] || NaN)];
        if (!next) return undefined;
        event.preventDefault();
        mark.setAttribute("tabindex", -1);
        next.setAttribute("tabindex", 0);
        return next.focus();
      });
    });
  }

  path(xs, ys, attributes) {
    const steps = [];
    xs.forEach((value, i) => {
      const [px, py] = [this.x(value), this.y(ys[i])];
      if (Number.isFinite(px) && Number.isFinite(py)) steps.push(`${steps.length ? "L" : "M"}${px.toFixed(2)} ${py.toFixed(2)}`);
    });
    return this.add("path", { d: steps.join(""), ...attributes });
  }

  // An upright stripe.
  stripe(from, to, name) {
    const [x1, x2] = [this.x(from), this.x(to)];
    if (x2 > x1) this.add("rect", { class: name, x: x1, y: MARGIN.top, width: x2 - x1, height: this.height - MARGIN.top - MARGIN.bottom });
  }

  // An upright line, from a height to another.
  upright(value, name, foot = this.height - MARGIN.bottom, top = MARGIN.top) {
    const x = this.x(value);
    this.add("line", { class: name, x1: x, x2: x, y1: top, y2: foot });
  }

  // Upright lines [value, words, name], each with its words beside it: none crosses the words of another, nor what stands in the rows at the top. Those outside stand in a line there.
  thresholds(lines, top = MARGIN.top) {
    const { low, high } = this.axes.x;
    const sorted = [...lines].sort((a, b) => a[0] - b[0]);
    const shown = sorted.filter(([value]) => value >= low && value <= high);
    // Words stand right of the foot of their line where they end before the edge, and before a line whose words stand left of
    // its head. A curve that rises leaves both corners free: below it on the right, above it on the left.
    let edge = this.width - MARGIN.right;
    const [right, left] = [[], []];
    for (const one of [...shown].reverse()) {
      const x = this.x(one[0]);
      if (x + 6 + 5.6 * one[1].length < edge) right.unshift(one);
      else {
        left.unshift(one);
        edge = x;
      }
    }
    const below = this.height - MARGIN.bottom;
    left.forEach(([value, words, name], i) => {
      const y = top + 13 * (left.length - i) - 5;
      this.upright(value, name, below, y - 8);
      this.add("text", { class: "small halo", x: this.x(value) - 5, y, "text-anchor": "end" }, words);
    });
    right.forEach(([value, words, name], i) => {
      const y = below - 7 - 13 * i;
      this.upright(value, name, y + 4, left.length ? top + 13 * left.length + 3 : top);
      this.add("text", { class: "small halo", x: this.x(value) + 5, y }, words);
    });
    const said = (out) => out.map(([, words]) => words).join(", ");
    const [before, after] = [sorted.filter(([value]) => value < low), sorted.filter(([value]) => value > high)];
    if (before.length) this.add("text", { class: "small halo", x: MARGIN.left + 8, y: MARGIN.top + 30 }, `← ${said(before)}`);
    if (after.length) this.add("text", { class: "small halo", x: this.width - MARGIN.right - 8, y: this.height - MARGIN.bottom - 7 - 13 * right.length, "text-anchor": "end" }, `${said(after)} →`);
  }

  point(event) {
    if (!this.paint || !this.read) return;
    const box = this.svg.getBoundingClientRect();
    const share = (((event.clientX - box.left) / box.width) * this.width - MARGIN.left) / (this.width - MARGIN.left - MARGIN.right);
    if (share < 0 || share > 1) return;
    const rise = (this.height - MARGIN.bottom - ((event.clientY - box.top) / box.height) * this.height) / (this.height - MARGIN.top - MARGIN.bottom);
    const at = ({ low, high, log }, part) => (log ? low * (high / low) ** part : low + part * (high - low));
    const shown = this.read(at(this.axes.x, share), at(this.axes.y, Math.min(1, Math.max(0, rise))));
    if (shown === undefined || shown === null) return;
    this.cursor.setAttribute("visibility", "visible");
    for (const end of ["x1", "x2"]) this.cursor.setAttribute(end, this.x(shown));
  }
}
