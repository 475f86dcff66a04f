// The sign of work: what is being computed and for how long already, and when nothing is, how long each answer took.

export class Busy {
  constructor(place) {
    this.place = place;
    this.works = new Set();
    this.times = {};
    this.clock = null;
  }

  begin(name) {
    const work = { name, since: performance.now() };
    this.works.add(work);
    this.clock = this.clock || setInterval(() => this.show(), 200);
    this.show();
    return work;
  }

  done(work) {
    this.works.delete(work);
    if (!this.works.size) {
      clearInterval(this.clock);
      this.clock = null;
    }
    this.show();
  }

  // From the moment the hand rested to the answer on the page; kept as a measure of the browser's own clock too.
  shown(name, since) {
    performance.measure(name, { start: since, end: performance.now() });
    this.times[name] = (performance.now() - since) / 1000;
    this.show();
  }

  show() {
    this.place.classList.toggle("working", this.works.size > 0);
    const words = this.works.size ? this.underWay() : this.ready();
    if (this.place.textContent !== words) this.place.textContent = words;
  }

  underWay() {
    const names = [...new Set([...this.works].map((one) => one.name))];
    const since = Math.min(...[...this.works].map((one) => one.since));
    const seconds = Math.floor((performance.now() - since) / 1000);
    return `computing ${names.join(", ")} …${seconds >= 2 ? ` ${seconds} s` : ""}`;
  }

  ready() {
    const times = Object.entries(this.times).map(([name, seconds]) => `${name} ${seconds.toFixed(seconds < 10 ? 2 : 0)} s`);
    return times.length ? `ready: ${times.join(", ")}` : "ready";
  }
}
