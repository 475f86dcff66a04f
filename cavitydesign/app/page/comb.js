// The modes at their wavelengths under the gain curve: read under the pointer, chosen by a click.

import { Plot, number } from "./plot.js";

export const familyOf = (mode) => `${mode.polarisation} p=${mode.p} q=${mode.q}`;
export const familiesOf = (modes) => [...new Set(modes.map(familyOf))].sort();

export function gainAt(curve, wavelength) {
  const { wavelength_nm: xs, gain_per_cm: ys } = curve;
  const i = xs.findIndex((one) => one >= wavelength);
  if (i <= 0) return ys[i === 0 ? 0 : xs.length - 1];
  const t = (wavelength - xs[i - 1]) / (xs[i] - xs[i - 1]);
  return ys[i - 1] + t * (ys[i] - ys[i - 1]);
}

export class CombView {
  constructor(host, read, choose) {
    this.plot = new Plot(host, "modes under the gain curve against wavelength");
    Object.assign(this, { output: read, choose });
  }

  // range: where modes were searched, or null; solved: whether an answer has come.
  show({ modes, chosen, lasing, range, solved }) {
    if (!modes.length) return this.plot.clear(solved ? "no mode in this range; widen the span" : "no modes yet");
    const curve = lasing && lasing.gain_curve;
    const places = [...modes.map((mode) => mode.wavelength_nm), ...(range || [])];
    const margin = (range ? 0.02 : 0.06) * Math.max(Math.max(...places) - Math.min(...places), 4);
    const x = { low: Math.min(...places) - margin, high: Math.max(...places) + margin, label: "wavelength (nm)" };
    const inside = curve ? curve.gain_per_cm.filter((_, i) => curve.wavelength_nm[i] >= x.low && curve.wavelength_nm[i] <= x.high) : [1];
    const top = Math.max(...inside, 1e-3);
    const low = Math.max(Math.min(0, ...inside), -0.5 * top);
    // room for the upright labels, whatever the height of the card
    const room = 1 + Math.min(0.9, 78 / Math.max(90, this.plot.innerHeight - 78));
    const shares = new Map(((lasing && lasing.per_mode) || []).map((one) => [one.label, one.output_share]));
    const axes = { x, y: { low, high: room * top, label: curve ? "gain (cm⁻¹)" : "modes", bare: !curve } };
    this.plot.draw(axes, (plot) => this.paint(plot, { modes, chosen, curve, low, top, x }), (wavelength) => {
      const mode = modes.reduce((best, one) => (Math.abs(one.wavelength_nm - wavelength) < Math.abs(best.wavelength_nm - wavelength) ? one : best));
      const share = shares.get(mode.label);
      const gain = curve ? `, gain ${number(gainAt(curve, mode.wavelength_nm), 3)} cm⁻¹` : "";
      const output = share === undefined || share === null ? "" : `, ${number(100 * share, 3)} % of the output`;
      this.output.textContent = `${mode.label}: ${mode.wavelength_nm.toFixed(4)} nm, log10 Q ${number(mode.log10_q.total, 4)}${gain}${output}`;
      return mode.wavelength_nm;
    });
    return undefined;
  }

  paint(plot, { modes, chosen, curve, low, top, x }) {
    if (curve) {
      const grid = Array.from({ length: 121 }, (_, i) => x.low + ((x.high - x.low) * i) / 120);
      plot.path([x.low, ...grid, x.high], [0, ...grid.map((one) => Math.max(gainAt(curve, one), low)), 0], { class: "gain" });
    }
    const names = familiesOf(modes);
    let last = -Infinity;
    modes.map((mode) => mode).sort((a, b) => a.wavelength_nm - b.wavelength_nm).forEach((mode) => {
      const height = Math.max(curve ? gainAt(curve, mode.wavelength_nm) : top, 0.05 * top);
      const c = names.indexOf(familyOf(mode)) % 7;
      const [px, py] = [plot.x(mode.wavelength_nm), plot.y(height)];
      const on = mode.label === chosen;
      plot.add("line", { class: `line c${c}`, x1: px, x2: px, y1: plot.y(0), y2: py });
      const dot = plot.add("circle", { class: `mark f${c} ${on ? "chosen" : ""}`, cx: px, cy: py, r: on ? 6 : 4, "data-label": mode.label });
      dot.addEventListener("click", () => this.choose(mode.label));
      if (px - last < 13 && !on) return;
      last = px;
      plot.add("text", { class: "small", x: px + 4, y: py - (on ? 12 : 9), transform: `rotate(-90 ${px + 4} ${py - (on ? 12 : 9)})` }, mode.label);
    });
  }
}
