// A script that did not come with cavitydesign runs once its user has agreed to what is in it: shown in full, by its content.

const make = (tag, words, keys = {}) => Object.assign(document.createElement(tag), { textContent: words, ...keys });

export class Consent {
  // below: what the question stands under; request(): the design as the server takes it; go(): computes it.
  constructor(below, channel, request, go) {
    Object.assign(this, { channel, request, go, asking: 0 });
    this.place = make("section", "", { id: "consent", hidden: true, tabIndex: -1 });
    this.place.setAttribute("aria-label", "scripts to agree to");
    below.after(this.place);
  }

  forget() {
    this.asking += 1;
    this.place.hidden = true;
  }

  async ask() {
    this.asking += 1;
    const turn = this.asking;
    try {
      const { why, scripts } = await this.channel.json("api/scripts", this.request());
      if (turn !== this.asking) return;
      if (scripts.length) this.show(why, scripts);
      else this.agreed();
    } catch (error) {
      this.channel.report(error);
    }
  }

  show(why, scripts) {
    const run = make("button", scripts.length > 1 ? "Run them" : "Run it", { type: "button", id: "consent-run", className: "first" });
    const leave = make("button", "Leave it", { type: "button", id: "consent-leave" });
    run.addEventListener("click", () => this.agree(scripts.map((one) => one.digest)));
    leave.addEventListener("click", () => this.forget());
    const items = scripts.flatMap((one) => {
      const shown = make("details", "");
      shown.append(make("summary", `${one.name}: ${one.lines} lines, ${one.bytes} bytes, SHA-256 ${one.digest.slice(0, 16)}…`), make("pre", one.whole ? one.text : `${one.text}\n…`));
      return [shown];
    });
    this.place.replaceChildren(make("h2", scripts.length > 1 ? "Run these scripts?" : "Run this script?"), make("p", `Nothing has run yet: ${why}. It runs in a process that can start no program, write no file and read no other.`), ...items, run, leave);
    this.place.hidden = false;
    this.place.focus();
  }

  async agree(digests) {
    try {
      await this.channel.json("api/agree", { digests });
      this.agreed();
    } catch (error) {
      this.channel.report(error);
    }
  }

  agreed() {
    this.forget();
    this.channel.trouble("");
    this.go();
  }
}
