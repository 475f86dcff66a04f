// The table of modes: one row each, chosen by click or arrow keys.

import { familiesOf, familyOf } from "./comb.js";

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

  // words: { head, hints, rows } as the server tells them of these modes.
  show(modes, chosen, words) {
    this.labels = modes.map((mode) => mode.label);
    const names = familiesOf(modes);
    const head = document.createElement("tr");
    words.head.forEach((name, i) => {
      const cell = document.createElement("th");
      Object.assign(cell, { scope: "col", textContent: name, title: words.hints[i] });
      head.append(cell);
    });
    this.table.tHead.replaceChildren(head);
    const held = this.table.tBodies[0].contains(document.activeElement);
    this.table.tBodies[0].replaceChildren(...modes.map((mode, i) => {
      const row = document.createElement("tr");
      row.dataset.label = mode.label;
      for (const textContent of words.rows[i]) row.append(Object.assign(document.createElement("td"), { textContent }));
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
