// How many modes lase over diameter and fluence: cells, threshold line, and the chance of a single mode below.

import { Plot, element, number } from "./plot.js";
import { words } from "./answer.js";

// below threshold, one, and then ever more: the single mode stands out from a ramp of one hue
const STEPS = [0, 1, 2, 4, 8, 16];
const NAMES = ["none", "1", "2–3", "4–7", "8–15", "16 or more"];
export const classOf = (count) => `n${STEPS.findLastIndex((step) => count >= step)}`;

// Edges of cells around rising places, halfway between neighbours on a logarithmic axis.
export function edges(places) {
  const inner = places.slice(1).map((one, i) => Math.sqrt(one * places[i]));
  if (!inner.length) return [places[0] / 1.1, places[0] * 1.1];
  return [places[0] ** 2 / inner[0], ...inner, places.at(-1) ** 2 / inner.at(-1)];
}

export class RegimeView {
  // open(size, fluence): a click opens that design.
  constructor({ map, chance, legend, read }, open) {
    this.map = new Plot(map, "modes that lase, over diameter and fluence");
    this.chance = new Plot(chance, "chance of a single mode against diameter");
    Object.assign(this, { legend, output: read, open });
    this.legend.replaceChildren("modes that lase: ", ...NAMES.map((name, i) => {
      const item = document.createElement("span");
      item.className = "item";
      const box = document.createElement("i");
      box.className = `key k${i}`;
      item.append(box, name);
      return item;
    }), "line: lasing threshold; ring: the design shown. A change of 0.01 µm moves the comb under the gain: design for the chance.");
    this.map.svg.addEventListener("click", () => this.pointed && this.open(this.pointed.size, this.pointed.fluence));
  }

  // points: rising sizes, each with the answer of its design (or why there is none); here: the design shown.
  show(points, { from, to, label, here, below }) {
    const known = points.filter((one) => one.answer);
    this.pointed = null;
    const x = { low: from / 1.02, high: to * 1.02, label, log: true };
    if (!known.length) {
      this.chance.clear("");
      return this.map.clear(points.length ? points[0].why : "the first diameter is on its way");
    }
    const { places: fluences, unit, name } = known[0].answer;
    const bounds = edges(points.map((one) => one.size));
    const levels = edges(fluences);
    // far below every threshold there is nothing to see
    const least = Math.min(...known.map((one) => one.answer.threshold.lasing ?? Infinity));
    const y = { low: Math.max(levels[0], Math.min(0.7 * least, levels.at(-1) / 2)), high: levels.at(-1), label: `${name} (${unit})`, log: true };
    this.map.draw({ x, y, solid: true }, (plot) => this.paint(plot, points, bounds, levels, here, below), (size, fluence) => this.read(points, bounds, size, fluence));
    this.chance.draw({ x, y: { low: 0, high: 104, label: "chance of a single mode (%)" } }, (plot) => this.line(plot, known, here), (size) => this.read(points, bounds, size));
    return undefined;
  }

  paint(plot, points, bounds, levels, here, below) {
    // one mode is hatched, so that it is told from the ramp of many without colour too
    const pattern = element("pattern", { id: "single-hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, element("defs", {}, plot.svg));
    element("rect", { class: "hatched", width: 5, height: 5 }, pattern);
    element("line", { class: "hatching", x1: 0, x2: 0, y1: 0, y2: 5 }, pattern);
    points.forEach((point, i) => {
      const [x1, x2] = [plot.x(Math.max(bounds[i], plot.axes.x.low)), plot.x(Math.min(bounds[i + 1], plot.axes.x.high))];
      if (!point.answer) {
        plot.add("rect", { class: "missing", x: x1, width: Math.max(0, x2 - x1), y: plot.y(plot.axes.y.high), height: plot.y(plot.axes.y.low) - plot.y(plot.axes.y.high) });
        return;
      }
      point.answer.counts.forEach((count, k) => {
        if (levels[k + 1] <= plot.axes.y.low) return;
        const [y1, y2] = [plot.y(levels[k + 1]), plot.y(Math.max(levels[k], plot.axes.y.low))];
        plot.add("rect", { class: classOf(count), x: x1, width: Math.max(0, x2 - x1 + 0.4), y: y1, height: y2 - y1 + 0.4, "data-size": point.size, "data-count": count });
      });
    });
    const lasing = points.filter((point) => point.answer && point.answer.threshold.lasing !== null);
    const [sizes, thresholds] = [lasing.map((one) => one.size), lasing.map((one) => one.answer.threshold.lasing)];
    plot.path(sizes, thresholds, { class: "under" });
    plot.path(sizes, thresholds, { class: "line ink" });
    if (below > plot.axes.y.low && below < plot.axes.y.high) {
      const y = plot.y(below);
      plot.add("line", { class: "asked", x1: plot.x(plot.axes.x.low), x2: plot.x(plot.axes.x.high), y1: y, y2: y });
      plot.add("text", { class: "small halo", x: plot.x(plot.axes.x.low) + 5, y: y - 4 }, `threshold below ${number(below, 4)}`);
    }
    if (here.size >= plot.axes.x.low && here.size <= plot.axes.x.high && here.fluence >= plot.axes.y.low && here.fluence <= plot.axes.y.high) {
      for (const name of ["under", "here"]) plot.add("circle", { class: name, cx: plot.x(here.size), cy: plot.y(here.fluence), r: 6 });
    }
  }

  line(plot, known, here) {
    const sure = known.filter((one) => one.answer.single_mode_probability !== null);
    plot.path(sure.map((one) => one.size), sure.map((one) => 100 * one.answer.single_mode_probability), { class: "line c0" });
    const dots = sure.map((one) => {
      const chance = one.answer.single_mode_probability;
      const dot = plot.add("circle", { class: "mark f0", cx: plot.x(one.size), cy: plot.y(100 * chance), r: 4, role: "button", "data-size": one.size, "aria-label": `${number(one.size, 4)} µm: chance of a single mode ${number(100 * chance, 2)} %; opens it` });
      dot.addEventListener("click", () => this.open(one.size));
      return dot;
    });
    plot.roving(dots, (i) => this.open(sure[i].size));
    if (here.size) plot.thresholds([[here.size, "shown", "pumped"]]);
  }

  read(points, bounds, size, fluence) {
    const i = Math.min(points.length - 1, Math.max(0, bounds.findLastIndex((edge) => edge <= size)));
    const { answer, why, size: exact } = points[i];
    if (!answer) {
      this.output.textContent = `${number(exact, 4)} µm: ${why}`;
      return exact;
    }
    const said = [`${number(exact, 4)} µm`];
    if (fluence !== undefined) {
      const k = answer.places.reduce((best, one, n) => (Math.abs(Math.log(one / fluence)) < Math.abs(Math.log(answer.places[best] / fluence)) ? n : best), 0);
      said.push(`${number(answer.places[k], 3)} ${answer.unit}: ${words(answer.counts[k])}`);
      this.pointed = { size: exact, fluence: Number(answer.places[k].toPrecision(4)) };
    }
    said.push(`threshold ${answer.threshold.lasing === null ? "none" : `${number(answer.threshold.lasing, 3)} ${answer.unit}`}`);
    if (answer.single_mode_probability !== null) said.push(`chance of a single mode ${number(100 * answer.single_mode_probability, 2)} % at ${number(answer.at, 3)} ${answer.unit}`);
    this.output.textContent = `${said.join(", ")}; click to open`;
    return exact;
  }
}

// The conclusion in a sentence; below: the highest threshold that is wanted, or undefined.
export function concluded(points, below, wanted = 0.9) {
  const sure = points.filter((one) => one.answer && one.answer.single_mode_probability !== null);
  if (!sure.length) return points.some((one) => one.answer) ? "Nothing lases under this pump; raise the end of the curve." : "";
  const cheap = sure.filter((one) => below === undefined || one.answer.threshold.lasing < below);
  const limit = below === undefined ? "" : ` with a threshold below ${number(below, 4)} ${sure[0].answer.unit}`;
  if (!cheap.length) {
    const least = sure.reduce((a, b) => (b.answer.threshold.lasing < a.answer.threshold.lasing ? b : a));
    return `No diameter tried has a threshold below ${number(below, 4)} ${sure[0].answer.unit}. The lowest: ${said(least)}.`;
  }
  const good = cheap.filter((one) => one.answer.single_mode_probability >= wanted);
  if (good.length) return `Largest diameter with a single mode (chance of ${100 * wanted} % or more)${limit && `, ${limit.trim()}`}: ${said(good.at(-1))}.`;
  const best = cheap.reduce((a, b) => (b.answer.single_mode_probability > a.answer.single_mode_probability ? b : a));
  if (best.answer.single_mode_probability < 0.01) return `No diameter tried${limit} lases in a single mode.`;
  return `Single mode most likely at ${said(best)}. No diameter tried${limit} reaches ${100 * wanted} %.`;
}

function said({ size, answer }) {
  return `${number(size, 4)} µm: ${number(100 * answer.single_mode_probability, 2)} % when pumped at ${number(answer.at, 3)} ${answer.unit}, threshold ${number(answer.threshold.lasing, 3)} ${answer.unit}`;
}
