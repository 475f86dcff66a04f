// Talk with the server: refusals come as errors with their one line, a newer request ends an older one of its kind.

export class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }

  // superseded, or ended by this page itself
  get expected() { return this.status === 409; }
}

export const ended = (error) => error.name === "AbortError" || error.expected === true;

const AWAY = "The explorer does not answer. Start it again with `cavitydesign view` and open the address that it prints.";
const ANEW = "The explorer was started anew. Open the address that it printed; this page belongs to the old one.";

export class Channel {
  // busy: told what is under way; trouble(words): shows what the user must know; back(): the server answers again.
  constructor(busy, trouble, back) {
    Object.assign(this, { busy, trouble, back, page: "", aborts: new Map(), waiting: null, sent: 0 });
  }

  async ask(path, body, signal) {
    const headers = { "X-Refusal": "told" };
    const options = body === undefined ? { signal, headers } : {
      method: "POST", signal, headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify({ ...body, page: this.page, order: this.sent += 1 }),
    };
    let answer;
    try {
      answer = await fetch(path, options);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refused(0, AWAY);
    }
    const told = answer.headers.get("X-Refused");
    if (told || !answer.ok) throw new Refused(Number(told || answer.status), (await answer.text()).trim());
    return answer;
  }

  async json(path, body, signal) { return (await this.ask(path, body, signal)).json(); }

  // The newest request of a kind; a name of null keeps it out of the sign of work.
  async newest(kind, path, body, name = kind) {
    this.end(kind);
    const abort = new AbortController();
    this.aborts.set(kind, abort);
    const work = name === null ? null : this.busy.begin(name);
    try {
      return await this.json(path, body, abort.signal);
    } finally {
      if (work) this.busy.done(work);
      if (this.aborts.get(kind) === abort) this.aborts.delete(kind);
    }
  }

  running(kind) { return this.aborts.has(kind); }

  end(...kinds) {
    for (const kind of kinds) if (this.aborts.has(kind)) this.aborts.get(kind).abort();
  }

  // What went wrong, where the user can see it.
  report(error) {
    if (ended(error)) return;
    if (error.status === 428 && this.consent) {
      this.consent.ask();
      return;
    }
    this.trouble(error.status === 403 ? ANEW : error.message);
    if (error.status === 0) this.awaitReturn();
  }

  awaitReturn() {
    if (this.waiting) return;
    let pause = 1000;
    const look = async () => {
      try {
        const answer = await fetch("api/start");
        this.waiting = null;
        if (answer.status === 403) this.trouble(ANEW);
        else if (answer.ok) this.back();
      } catch (error) {
        // still away: the notice stays, and the next look comes later
        pause = Math.min(2 * pause, 15000);
        this.waiting = setTimeout(look, pause);
      }
    };
    this.waiting = setTimeout(look, pause);
  }
}
