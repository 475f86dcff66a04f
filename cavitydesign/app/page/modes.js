// The table of modes: one row each, chosen by click or arrow keys.

import { familiesOf, familyOf } from "./comb.js";
import { number } from "./plot.js";

const fixed = (value) => (value === null || value === undefined ? "–" : value.toFixed(3));

const COLUMNS = [
  ["mode (m p q)", (mode) => mode.label, "polarisation (TM: E along the fibre; TE: across it), azimuthal order m, radial order p, axial order q"],
  ["λ (nm)", (mode) => mode.wavelength_nm.toFixed(4), "vacuum wavelength"],
  ["± (nm)", (mode) => number(mode.wavelength_error_nm, 2), "error of the computation"],
  ["n_eff", (mode) => number(mode.n_eff, 6), "m λ / (π D)"],
  ["n_g", (mode) => number(mode.group_index, 5), "group index"],
  ["FSR (nm)", (mode) => number(mode.fsr_nm, 5), "spacing to the next azimuthal order"],
  ["in cavity (%)", (mode) => number(100 * (1 - (mode.confinement.surround || 0)), 6), "share of the energy that is not in the surround"],
  ["E_z (%)", (mode) => number(100 * mode.energy_fraction.axial, 4), "share of the energy in the field along the fibre"],
  ["V (µm³)", (mode) => number(mode.mode_volume_um3, 4), "mode volume"],
  ["log Q rad", (mode) => fixed(mode.log10_q.radiation), "log10 Q of radiation"],
  ["abs", (mode) => fixed(mode.log10_q.absorption), "log10 Q of absorption"],
  ["scat", (mode) => fixed(mode.log10_q.scattering), "log10 Q of scattering"],
  ["log Q", (mode) => fixed(mode.log10_q.total), "log10 Q of all losses together"],
];

export class ModeTable {
  constructor(table, choose) {
    Object.assign(this, { table, choose, labels: [] });
    table.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
      if (!step || !this.labels.length) return;
      event.preventDefault();
      const at = this.labels.indexOf(this.chosen);
      this.choose(this.labels[Math.min(this.labels.length - 1, Math.max(0, at + step))]);
      this.row(this.chosen).focus();
    });
  }

  row(label) { return [...this.table.tBodies[0].rows].find((one) => one.dataset.label === label); }

  show(modes, chosen) {
    this.labels = modes.map((mode) => mode.label);
    const names = familiesOf(modes);
    const head = document.createElement("tr");
    for (const [name, , hint] of COLUMNS) {
      const cell = document.createElement("th");
      Object.assign(cell, { scope: "col", textContent: name, title: hint });
      head.append(cell);
    }
    this.table.tHead.replaceChildren(head);
    const held = this.table.tBodies[0].contains(document.activeElement);
    this.table.tBodies[0].replaceChildren(...modes.map((mode) => {
      const row = document.createElement("tr");
      row.dataset.label = mode.label;
      for (const [, show] of COLUMNS) row.append(Object.assign(document.createElement("td"), { textContent: show(mode) }));
      const swatch = document.createElement("span");
      swatch.className = `swatch b${names.indexOf(familyOf(mode)) % 7}`;
      row.firstChild.prepend(swatch);
      row.addEventListener("click", () => this.choose(mode.label));
      return row;
    }));
    this.mark(chosen);
    if (held) this.row(chosen)?.focus({ preventScroll: true });
  }

  mark(chosen) {
    this.chosen = chosen;
    for (const row of this.table.tBodies[0].rows) {
      row.setAttribute("aria-selected", String(row.dataset.label === chosen));
      row.tabIndex = row.dataset.label === chosen ? 0 : -1;
    }
  }
}

// The mode to show: the one named, else the same family nearest to the one chosen before, else the most central of the lowest orders.
export function chosenOf(modes, { wanted, before, centre }) {
  if (!modes.length) return null;
  if (modes.some((one) => one.label === wanted)) return wanted;
  const place = before ? before.wavelength_nm : centre;
  const other = (mode) => (before ? familyOf(mode) !== familyOf(before) : 0);
  const cost = (mode) => Math.abs(mode.wavelength_nm - place) + (other(mode) ? 1e6 : 0) + (before ? 0 : 1e3 * (mode.p - 1 + mode.q));
  return modes.reduce((best, mode) => (cost(mode) < cost(best) ? mode : best)).label;
}
