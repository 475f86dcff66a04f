// A scan over the diameter: two designs at a time, coarse first and ever finer, until all are done or the design changes.

import { clone, getKey, resize, sizeKey } from "./design.js";
import { RegimeView, concluded } from "./regimes.js";
import { ended } from "./channel.js";
import { isSteady } from "./pump.js";

const AT_ONCE = 2;
const byId = (id) => document.getElementById(id);

// Ends first, then the middle of the widest gap: the picture is whole from the beginning and only gets finer.
export function order(count) {
  const found = count > 1 ? [0, count - 1] : [0];
  const taken = new Set(found);
  while (taken.size < count) {
    const sorted = [...taken].sort((a, b) => a - b);
    let [widest, middle] = [0, 0];
    for (let i = 1; i < sorted.length; i += 1) {
      const gap = sorted[i] - sorted[i - 1];
      if (gap > widest) [widest, middle] = [gap, Math.floor((sorted[i] + sorted[i - 1]) / 2)];
    }
    taken.add(middle);
    found.push(middle);
  }
  return found;
}

export class Scan {
  // current(): {design, source, keepShape, fluence}; open(size, fluence): shows one design of the scan.
  constructor(channel, current, open) {
    Object.assign(this, { channel, current, turn: 0, points: [], running: false });
    this.view = new RegimeView({ map: byId("scan-map"), chance: byId("scan-chance"), legend: byId("scan-legend"), read: byId("scan-read") }, open);
    byId("scan-start").addEventListener("click", () => (this.running ? this.stop() : this.start()));
    byId("scan-save").addEventListener("click", () => this.save());
    byId("scan-below").addEventListener("input", () => this.draw());
    for (const id of ["scan-from", "scan-to", "scan-points", "scan-below"]) byId(id).addEventListener("keydown", (event) => (event.key === "Enter" ? this.start() : undefined));
  }

  // Sensible ends for another cavity.
  propose() {
    const { design } = this.current();
    const key = sizeKey(design);
    for (const id of ["scan-from", "scan-to", "scan-points", "scan-below", "scan-start"]) byId(id).disabled = key === null;
    byId("scan-reason").textContent = key === null ? "this cavity's size is set by its file or volume" : "or move the diameter and watch the first box";
    byId("scan-reason").classList.toggle("always", key === null);
    if (key === null) {
      for (const id of ["scan-from", "scan-to"]) byId(id).value = "";
      return;
    }
    const size = getKey(design, key);
    const fibre = getKey(design, "cavity.fibre_diameter_um") || 0;
    byId("scan-from").value = Number(Math.max(0.5 * size, 1.1 * fibre, 4).toPrecision(2));
    byId("scan-to").value = Number(Math.min(3 * size, 130).toPrecision(2));
  }

  stop() {
    this.turn += 1;
    this.running = false;
    byId("scan-start").textContent = "Scan diameters";
    for (let slot = 0; slot < AT_ONCE; slot += 1) this.channel.end(`scan ${slot}`);
  }

  // The design has changed: what is drawn belongs to another one.
  forget() {
    if (this.running) this.stop();
    byId("scan-result").classList.toggle("stale", this.points.length > 0);
  }

  sizes() {
    const [from, to, count] = ["scan-from", "scan-to", "scan-points"].map((id) => Number(byId(id).value));
    const good = from > 0 && to > from && count >= 2 && count <= 60;
    for (const id of ["scan-from", "scan-to", "scan-points"]) byId(id).classList.toggle("bad", !good);
    if (!good) return null;
    return Array.from({ length: count }, (_, i) => Number((from * (to / from) ** (i / (count - 1))).toPrecision(4)));
  }

  async start() {
    const sizes = this.sizes();
    const now = this.current();
    if (!sizes || sizeKey(now.design) === null) return;
    this.stop();
    const mine = this.turn;
    Object.assign(this, { running: true, points: [], base: clone(now.design), ends: [sizes[0], sizes.at(-1)] });
    byId("scan-start").textContent = "Stop";
    byId("scan-result").hidden = false;
    byId("scan-result").classList.remove("stale");
    this.draw();
    const waiting = order(sizes.length).map((i) => sizes[i]);
    const work = this.channel.busy.begin("the scan");
    const lane = async (slot) => {
      while (waiting.length && mine === this.turn) {
        await this.one(waiting.shift(), slot, now, mine);
        work.name = `the scan, ${this.points.length} of ${sizes.length}`;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_, slot) => lane(slot)));
    this.channel.busy.done(work);
    if (mine === this.turn) this.stop();
  }

  async one(size, slot, { source, keepShape }, mine) {
    const design = clone(this.base);
    resize(design, size, keepShape);
    let point;
    try {
      point = { size, answer: await this.channel.newest(`scan ${slot}`, "api/scan", { design, source, slot }, null) };
    } catch (error) {
      if (ended(error)) {
        // a computation of the design shown took the worker: this point comes again
        if (mine === this.turn && error.status === 409) await this.one(size, slot, { source, keepShape }, mine);
        return;
      }
      if ([0, 403, 428].includes(error.status)) {
        this.stop();
        this.channel.report(error);
        return;
      }
      point = { size, why: error.message.split(";")[0] };
    }
    if (mine !== this.turn) return;
    this.points = [...this.points, point].sort((a, b) => a.size - b.size);
    this.draw();
  }

  // The highest threshold that is wanted; undefined: any.
  get below() {
    const value = Number(byId("scan-below").value);
    return value > 0 ? value : undefined;
  }

  draw() {
    if (!this.points.length && !this.running) return;
    const { design, fluence } = this.current();
    const key = sizeKey(design);
    const label = key === "cavity.diameter_um" ? "diameter (µm)" : "diameter parameter (µm)";
    this.view.show(this.points, { from: this.ends[0], to: this.ends[1], label, here: { size: key === null ? NaN : getKey(design, key), fluence }, below: this.below });
    byId("scan-conclusion").textContent = concluded(this.points, this.below);
  }

  save() {
    const steady = isSteady(this.current().design);
    const unit = steady ? "uw" : "mj_cm2";
    const head = ["diameter_um", "modes_lasing", `at_${steady ? "power" : "fluence"}_${unit}`, "single_mode_probability", ...["gain_equals_loss", "ase", "lasing"].map((one) => `threshold_${one}_${unit}`), "strongest", "error"];
    const rows = this.points.map(({ size, answer, why }) => {
      if (!answer) return [size, "", "", "", "", "", "", "", `"${why.replaceAll('"', "'")}"`];
      const { threshold } = answer;
      return [size, answer.modes_lasing, answer.at, answer.single_mode_probability, threshold.gain_equals_loss, threshold.ase, threshold.lasing, answer.strongest, ""];
    });
    const text = [head, ...rows].map((row) => row.map((cell) => cell ?? "").join(",")).join("\n");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/csv" }));
    link.download = "scan.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 5000);
  }
}
