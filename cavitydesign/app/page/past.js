// The designs that the page showed before: undo, and a link that brings a design back.

import { clone } from "./design.js";

const REST = 700; // ms: moves of one gesture are one step back
const MOST_STEPS = 100;
const MOST_LETTERS = 60000;
const HEAD = "#design=";

const packed = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const unpacked = (text) => new TextDecoder().decode(Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0)));

export class Past {
  // button: undoes; show(design): shows an earlier one.
  constructor(button, show) {
    Object.assign(this, { button, show, steps: [], last: null, name: null, resting: 0 });
    button.addEventListener("click", () => this.undo());
    document.addEventListener("keydown", (event) => {
      const typing = event.target.matches?.("input[type=number], input[type=text], textarea");
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z" && !typing) {
        event.preventDefault();
        this.undo();
      }
    });
  }

  // Another file was opened: there is nothing before it.
  begin(design, name) {
    Object.assign(this, { steps: [], last: JSON.stringify(design), name, resting: 0 });
    this.button.disabled = true;
  }

  // The design may have changed.
  note(design) {
    const now = JSON.stringify(design);
    if (now === this.last) return;
    if (performance.now() > this.resting) this.steps.push(this.last);
    if (this.steps.length > MOST_STEPS) this.steps.shift();
    Object.assign(this, { last: now, resting: performance.now() + REST });
    this.button.disabled = !this.steps.length;
    this.write();
  }

  undo() {
    if (!this.steps.length) return;
    this.last = this.steps.pop();
    this.resting = 0;
    this.button.disabled = !this.steps.length;
    this.write();
    this.show(JSON.parse(this.last));
  }

  // The address holds the design, so that a copy of it, or a reload, brings it back.
  write() {
    const text = packed(JSON.stringify({ name: this.name, design: JSON.parse(this.last) }));
    if (text.length < MOST_LETTERS) history.replaceState(null, "", `${location.pathname}${HEAD}${text}`);
  }
}

// The name and the design that the address holds; null where it holds none.
export function fromAddress() {
  if (!location.hash.startsWith(HEAD)) return null;
  const { name, design } = JSON.parse(unpacked(location.hash.slice(HEAD.length)));
  if (design === null || typeof design !== "object" || typeof design.cavity !== "object") throw new Error("no design");
  return { name, design: clone(design) };
}

// A button that copies the address, which holds the design as it stands.
export function wireLink(button, past) {
  button.addEventListener("click", async () => {
    past.write();
    const words = await navigator.clipboard.writeText(location.href).then(() => "Link copied", () => "Link is in the address bar");
    button.textContent = words;
    setTimeout(() => { button.textContent = "Link"; }, 2500);
  });
}
