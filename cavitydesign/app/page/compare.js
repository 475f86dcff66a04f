// A design that is kept beside the one shown: its answer below, what differs, and its light curve.

import { showAnswer } from "./answer.js";
import { clone, flat, plain } from "./design.js";

const MOST_TOLD = 8;

function differing(kept, shown) {
  const [before, after] = [new Map(flat(kept)), new Map(flat(shown))];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  const text = (map, key) => (map.has(key) ? plain(map.get(key)) : "not set");
  return keys.filter((key) => text(before, key) !== text(after, key)).map((key) => `${key.replace(/^(cavity|modes|lasing|pump)\./, "")} ${text(before, key)} (shown: ${text(after, key)})`);
}

export class Compared {
  // place: the section of the page; current(): {design, lasing, mode, fluence}; show(design): shows the kept one; drawn(): told of changes.
  constructor(place, button, { current, show, drawn }) {
    Object.assign(this, { place, current, show, drawn, kept: null });
    [this.words, this.boxes] = [place.querySelector("p"), place.querySelector(".boxes")];
    button.addEventListener("click", () => this.keep());
    place.querySelector("[data-act=swap]").addEventListener("click", () => {
      const { design } = this.kept;
      this.keep();
      this.show(clone(design));
    });
    place.querySelector("[data-act=drop]").addEventListener("click", () => {
      this.kept = null;
      this.draw();
      this.drawn();
    });
  }

  keep() {
    const now = this.current();
    this.kept = { ...now, design: clone(now.design) };
    this.draw();
    this.drawn();
  }

  get lasing() { return this.kept && this.kept.lasing; }

  draw() {
    this.place.hidden = !this.kept;
    if (!this.kept) return;
    const { design, lasing, mode, fluence, why } = this.kept;
    showAnswer(this.boxes, { lasing, why: why || "its light curve was not finished", mode, fluence, waits: false });
    const lines = differing(design, this.current().design);
    const more = lines.length > MOST_TOLD ? `, and ${lines.length - MOST_TOLD} more` : "";
    this.words.textContent = lines.length ? `Kept design: ${lines.slice(0, MOST_TOLD).join(", ")}${more}` : "Kept design: the same as the one shown. Move something to compare.";
  }
}
