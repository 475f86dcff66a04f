// Light in, light out: points, the fitted power laws, the thresholds and the fluence of the pump.

import { Plot, number } from "./plot.js";
import { countAt, words } from "./answer.js";
import { pumpOf } from "./pump.js";

// below the rows of slopes and of what lies before the axis
const UNDER_WORDS = 48;
// Of the highest point: the words of up to five thresholds stand above the curve on its left.
const ROOM_ABOVE = 6;
const THRESHOLDS = [["gain_equals_loss", "gain = loss"], ["ase", "lower break (ASE)"], ["lasing", "lasing"]];

export class LightView {
  // pump(fluence): a click on the curve chooses where it is pumped.
  constructor(host, read, pump) {
    this.plot = new Plot(host, "emission against fluence");
    Object.assign(this, { output: read, pump });
    this.plot.svg.addEventListener("click", () => this.pointed && this.pump(this.pointed));
  }

  // kept: the lasing of another design, as a dotted line on the same axes.
  show(lasing, fluence, why, kept) {
    this.pointed = null;
    if (!lasing) return this.plot.clear(why ? "no light curve for this design" : "on its way");
    const { name, unit, places, threshold } = pumpOf(lasing);
    const shown = places.map((one, i) => [one, lasing.light_curve.emission[i]]).filter(([, one]) => one > 0);
    if (shown.length < 2) return this.plot.clear("no emission in this range of the pump");
    const [xs, ys] = [shown.map(([one]) => one), shown.map(([, one]) => one)];
    const axes = {
      x: { low: xs[0], high: xs.at(-1), label: `${name} (${unit})`, log: true },
      y: { low: Math.min(...ys) / 1.4, high: Math.max(...ys) * ROOM_ABOVE, label: unit === "µW" ? "emission (µW)" : "emission (arb. units)", log: true },
    };
    const other = kept && pumpOf(kept).unit === unit ? pumpOf(kept).places.map((one, i) => [one, kept.light_curve.emission[i]]).filter(([one, up]) => up > 0 && one >= axes.x.low && one <= axes.x.high) : [];
    if (other.length > 1) axes.y = { ...axes.y, low: Math.min(axes.y.low, ...other.map(([, up]) => up / 1.4)), high: Math.max(axes.y.high, ...other.map(([, up]) => up * 1.6)) };
    const band = lasing.calibrated && lasing.calibrated.light_curve;
    if (band) axes.y = { ...axes.y, low: Math.min(axes.y.low, ...band.p5.map((up) => up / 1.2)), high: Math.max(axes.y.high, ...band.p95.map((up) => up * 1.2)) };
    this.plot.draw(axes, (plot) => {
      if (band) this.band(plot, lasing.calibrated, axes.x);
      if (other.length > 1) {
        plot.path(other.map(([one]) => one), other.map(([, up]) => up), { class: "keptline" });
        plot.add("text", { class: "small", x: plot.x(other.at(-1)[0]) - 4, y: plot.y(other.at(-1)[1]) - 5, "text-anchor": "end" }, "kept design");
      }
      this.fit(plot, lasing, xs, ys);
      for (const [px, py] of shown) plot.add("circle", { class: lasing.preview ? "dot hollow" : "dot f0", cx: plot.x(px), cy: plot.y(py), r: 2.6 });
      const named = THRESHOLDS.map(([key, said]) => [threshold[key] ?? null, said]);
      const known = [...named, [lasing.light_curve.upper_break_mj_cm2 ?? null, "upper break"]].filter(([value]) => value !== null);
      const lines = known.map(([value, said]) => [value, `${said} ${number(value, 3)}`, "threshold"]);
      plot.thresholds([...lines, [fluence, `pumped at ${number(fluence, 3)}`, "pumped"]], UNDER_WORDS);
      const slopes = lasing.slopes && lasing.slopes.length ? `slopes ${lasing.slopes.map((one) => one.toFixed(2)).join(" / ")}` : "";
      plot.add("text", { class: "halo", x: 68, y: 28 }, lasing.preview ? `first look, ${shown.length} points` : slopes);
    }, (value) => {
      const i = xs.reduce((best, one, k) => (Math.abs(Math.log(one / value)) < Math.abs(Math.log(xs[best] / value)) ? k : best), 0);
      this.output.textContent = `${number(xs[i], 4)} ${unit}: emission ${number(ys[i], 4)}, ${words(countAt(lasing, xs[i]))}; click to pump here`;
      this.pointed = Number(value.toPrecision(3));
      return xs[i];
    });
    return undefined;
  }

  // What the draws of a calibration leave: 90 and 68 % of the light, 68 % of the lasing threshold.
  band(plot, { light_curve: light, threshold_mj_cm2: thresholds }, { low, high }) {
    const inside = light.fluence_mj_cm2.map((one, i) => i).filter((i) => light.fluence_mj_cm2[i] >= low * 0.999 && light.fluence_mj_cm2[i] <= high * 1.001);
    const xs = inside.map((i) => light.fluence_mj_cm2[i]);
    for (const [under, over, name] of [["p5", "p95", "band"], ["p16", "p84", "band inner"]]) {
      plot.path([...xs, ...[...xs].reverse()], [...inside.map((i) => light[over][i]), ...[...inside].reverse().map((i) => light[under][i])], { class: name });
    }
    const ends = thresholds.lasing;
    if (ends) plot.stripe(Math.max(ends.p16, low), Math.min(ends.p84, high), "band threshold68");
    plot.add("text", { class: "small", x: 68, y: 42 }, "bands: 68 and 90 % by the calibration");
  }

  // The continuous power laws over the fluences fitted, at the height that fits the points best.
  fit(plot, lasing, all, heights) {
    if (!lasing.fit || !lasing.slopes || !lasing.slopes.length) return;
    const { breaks_mj_cm2: breaks, range_mj_cm2: [first, last] } = lasing.fit;
    const within = all.map((one, i) => [one, heights[i]]).filter(([one]) => one > 0.999 * first && one < 1.001 * last);
    if (within.length < 2) return;
    const [xs, ys] = [within.map(([one]) => one), within.map(([, one]) => one)];
    const rise = (one) => breaks.reduce((sum, place, k) => sum + (lasing.slopes[k + 1] - lasing.slopes[k]) * Math.max(Math.log(one / place), 0), lasing.slopes[0] * Math.log(one));
    const offset = xs.reduce((sum, one, i) => sum + Math.log(ys[i]) - rise(one), 0) / xs.length;
    const corners = [xs[0], ...breaks.filter((one) => one > xs[0] && one < xs.at(-1)), xs.at(-1)];
    plot.path(corners, corners.map((one) => Math.exp(rise(one) + offset)), { class: "line fit" });
  }
}
