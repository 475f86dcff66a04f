// The explorer: keeps one design, asks for what follows from it, and shows the newest answer.

import { showAnswer } from "./answer.js";
import { Busy } from "./busy.js";
import { CavityView } from "./cavity.js";
import { Channel, Refused, ended } from "./channel.js";
import { CombView } from "./comb.js";
import { Compared } from "./compare.js";
import { Consent } from "./consent.js";
import { Controls } from "./controls.js";
import { getKey, setKey, sizeKey } from "./design.js";
import { FieldView } from "./field.js";
import { wireFolds } from "./folds.js";
import { wireHelp } from "./help.js";
import { LightView } from "./light.js";
import { ModeTable, chosenOf } from "./modes.js";
import { firstOf, nameOpened, opening, wireOpening } from "./opening.js";
import { Past, fromAddress, wireLink } from "./past.js";
import { SpaceView } from "./space.js";
import { number } from "./plot.js";
import { placeKey, pumpOf } from "./pump.js";
import { wireSaving } from "./saving.js";
import { Scan } from "./scan.js";
import { StudyView } from "./study.js";
import { warn } from "./words.js";

const PAUSE = { modes: 60, lasing: 150 };
const OLD = 700;
const SLOW = { last: 1.5, wait: 700 };
const byId = (id) => document.getElementById(id);
const state = { design: null, source: null, modes: [], table: { head: [], hints: [], rows: [] }, chosen: null, wanted: null, lasing: null, why: "", range: null, solved: false, old: false, waits: false, turn: 0, since: 0, notice: "" };

function trouble(words) {
  const told = words || state.notice;
  byId("trouble").hidden = !told;
  byId("trouble").textContent = told;
}

const busy = new Busy(byId("busy"));
const channel = new Channel(busy, trouble, () => {
  trouble("");
  solve();
});
const request = (extra = {}) => ({ design: state.design, source: state.source, ...extra });
channel.consent = new Consent(byId("trouble"), channel, request, solve);
const field = new FieldView(byId("field"), byId("field-read"));
const comb = new CombView(byId("comb"), byId("comb-read"), choose);
const light = new LightView(byId("light"), byId("light-read"), (fluence) => {
  setKey(state.design, placeKey(state.design), fluence);
  controls.show(state.design);
  changed("fluence");
});
const table = new ModeTable(byId("modes"), choose);
const study = new StudyView(openPoint);
const scan = new Scan(channel, () => ({ design: state.design, source: state.source, keepShape: controls.keepShape, fluence: controls.fluence }), (size, fluence) => controls.take(size, fluence));
const cavity = new CavityView(byId("cavity"), byId("cavity-read"));
const space = new SpaceView(byId("space-card"));
const past = new Past(byId("undo"), (design) => useDesign(design));
const compared = new Compared(byId("kept"), byId("keep"), {
  current: () => ({ design: state.design, lasing: state.waits ? null : state.lasing, why: state.why, mode: shownMode(), fluence: controls.fluence }),
  show: (design) => useDesign(design),
  drawn: () => drawLasing(),
});
let controls = null;

// ---- showing what is known

// What is drawn belongs to an older design: dimmed, at once or when the new answer takes long.
let aging = 0;
function age(old, after = 0) {
  clearTimeout(aging);
  const mark = () => {
    // before the first answer nothing is shown that could be old
    state.old = old && state.solved;
    document.querySelector("main").classList.toggle("outdated", state.old);
  };
  if (after) aging = setTimeout(mark, after);
  else mark();
}

function shownMode() {
  return state.old ? undefined : state.modes.find((one) => one.label === state.chosen);
}

function drawLasing() {
  const { lasing, why, waits } = state;
  const mode = shownMode();
  showAnswer(byId("answer"), { lasing, why, waits, mode, fluence: controls.fluence });
  light.show(lasing, controls.fluence, why, compared.lasing);
  warn("light-warnings", lasing && lasing.warnings);
  scan.draw();
  compared.draw();
}

function drawModes() {
  comb.show(state);
  table.show(state.modes, state.chosen, state.table);
}

function showModes(found, words) {
  const before = state.modes.find((one) => one.label === state.chosen);
  state.chosen = chosenOf(found.modes, { wanted: state.wanted, before, centre: getKey(state.design, "modes.wavelength_nm") });
  state.wanted = null;
  Object.assign(state, { modes: found.modes, table: words });
  const fixed = getKey(state.design, "modes.azimuthal_order") !== undefined;
  Object.assign(state, { solved: true, range: fixed ? null : found.wavelength_range_nm });
  age(false);
  const range = found.wavelength_range_nm.map((one) => number(one, 6)).join(" – ");
  const whole = found.complete ? "the count of eigenvalues agrees: none is missing" : "no count certifies that none is missing";
  byId("count").textContent = `${found.modes.length}, ${range} nm; ${whole}`;
  warn("mode-warnings", found.warnings);
  drawModes();
  drawLasing();
}

function choose(label) {
  if (state.chosen === label) return;
  state.chosen = label;
  table.mark(label);
  comb.show(state);
  drawLasing();
  showField(state.turn);
}

// ---- asking for what follows

let timers = [];
function changed(key) {
  for (const timer of timers) clearTimeout(timer);
  // what is on its way belongs to an older design
  channel.end("modes", "field", "preview", "lasing", "bands");
  state.notice = "";
  past.note(state.design);
  cavity.mark(key);
  state.turn += 1;
  state.since = performance.now();
  state.waits = true;
  const [turn, fluenceOnly] = [state.turn, key === "fluence" || key === "automatic"];
  if (!fluenceOnly && key !== sizeKey(state.design)) scan.forget();
  if (!fluenceOnly) timers = [setTimeout(() => solveModes(turn), PAUSE.modes), setTimeout(() => solveLasing(turn), PAUSE.lasing)];
  else timers = [setTimeout(() => solveLasing(turn), PAUSE.lasing)];
  if (!fluenceOnly) age(true, OLD);
  drawLasing();
}

function solve() {
  state.turn += 1;
  state.since = performance.now();
  state.waits = true;
  age(true, OLD);
  solveLasing(state.turn);
  solveModes(state.turn);
}

async function solveModes(turn) {
  try {
    const answer = await channel.newest("modes", "api/modes", request());
    if (turn !== state.turn) return;
    trouble("");
    showModes(answer.modes, answer.table);
    busy.shown("comb", state.since);
    await showField(turn);
    if (turn === state.turn) firstLook(turn);
  } catch (error) {
    if (turn !== state.turn || ended(error)) return;
    age(true);
    drawLasing();
    channel.report(error);
  }
}

async function showField(turn) {
  if (!state.chosen) {
    field.clear();
    cavity.clear();
    space.clear();
    byId("field-title").textContent = "";
    return;
  }
  try {
    const answer = await channel.newest("field", "api/field", request({ label: state.chosen }));
    if (answer.label !== state.chosen || turn !== state.turn) return;
    field.show(answer);
    cavity.show(field.field);
    const mode = state.modes.find((one) => one.label === state.chosen);
    space.show(field.field, mode ? mode.m : Number(state.chosen.split(" ")[1]));
    byId("field-title").textContent = `${state.chosen}${mode ? `, ${mode.wavelength_nm.toFixed(4)} nm` : ""}`;
    busy.shown("field", state.since);
  } catch (error) {
    if (turn === state.turn) channel.report(error);
  }
}

// A coarse light curve while the full one is on its way: a cavity of high Q takes seconds. It is asked for at once where
// the last one was slow, else when this one turns out to be.
async function firstLook(turn) {
  if (!(busy.times["light curve"] > SLOW.last)) await new Promise((rested) => setTimeout(rested, SLOW.wait));
  if (turn !== state.turn || !state.waits) return;
  try {
    const answer = await channel.newest("preview", "api/preview", request(), "a first look");
    if (turn !== state.turn || !state.waits) return;
    useLasing({ ...answer.lasing, preview: true });
    performance.measure("first look", { start: state.since, end: performance.now() });
  } catch (error) {
    if (!ended(error) && !(error instanceof Refused && error.status === 422)) throw error;
  }
}

async function solveLasing(turn) {
  try {
    const answer = await channel.newest("lasing", "api/lasing", request());
    if (turn !== state.turn) return;
    state.waits = false;
    channel.end("preview");
    useLasing(answer.lasing);
    busy.shown("light curve", state.since);
    drawBands(turn);
  } catch (error) {
    if (ended(error) || turn !== state.turn) return;
    // the modes of the same design tell what is wrong with it; here its words stand in place of the curve
    Object.assign(state, { waits: false, lasing: null, why: error.message });
    drawLasing();
    comb.show(state);
    if (error.status !== 422) channel.report(error);
  }
}

// What the draws of a calibration leave, after the light curve of the design itself.
async function drawBands(turn) {
  if (!getKey(state.design, "gain.samples")) return;
  try {
    const answer = await channel.newest("bands", "api/bands", request(), "draws of the calibration");
    if (turn === state.turn) useLasing({ ...state.lasing, calibrated: answer.calibrated });
  } catch (error) {
    if (turn === state.turn) channel.report(error);
  }
}

function useLasing(lasing) {
  Object.assign(state, { lasing, why: "" });
  controls.showPlace(pumpOf(lasing).here);
  drawLasing();
  comb.show(state);
}

// ---- designs, results and points of studies

function useDesign(design) {
  state.design = design;
  past.note(design);
  controls.show(design);
  solve();
}

function useOpened(opened) {
  channel.consent.forget();
  Object.assign(state, { source: opened.source, lasing: null, modes: [], chosen: null, why: "", range: null, solved: false });
  study.show(opened.kind === "study" ? opened : null);
  scan.stop();
  scan.points = [];
  byId("scan-result").hidden = true;
  controls.calibrations = opened.calibrations || [];
  state.design = opened.design;
  past.begin(opened.design, opened.name);
  nameOpened(opened.name);
  controls.show(opened.design);
  scan.propose();
  field.clear();
  cavity.clear();
  space.clear();
  for (const id of ["field-title", "count"]) byId(id).textContent = "";
  warn("mode-warnings", []);
  drawModes();
  drawLasing();
  if (opened.kind === "results") {
    state.lasing = opened.results.lasing || null;
    showModes(opened.results.modes, opened.table);
  }
  solve();
}

async function openPoint(row) {
  try {
    const answer = await opening(channel, study.study.name, row.point);
    Object.assign(state, { wanted: row.mode || null, modes: [], chosen: null });
    useDesign(answer.design);
  } catch (error) {
    channel.report(error);
  }
}

// ---- the page itself

for (const name of ["component", "logarithmic", "proportions"]) {
  byId(name).addEventListener("change", (event) => {
    field.set({ [name]: event.target.type === "checkbox" ? event.target.checked : event.target.value });
    byId("logarithmic").disabled = byId("component").value !== "energy";
    if (name === "component") space.set(event.target.value);
    byId("logarithmic").checked = field.options.logarithmic;
  });
}

wireLink(byId("link"), past);

// The design that the address holds, from the file that it began with.
async function useAddress(start) {
  try {
    const held = fromAddress();
    if (held === null) return false;
    const listed = start.listing.some((one) => one.name === held.name);
    const there = start.opened ? start.opened.name : start.first;
    useOpened(listed && held.name !== there ? await opening(channel, held.name) : await firstOf(channel, start));
    useDesign(held.design);
    return true;
  } catch (error) {
    state.notice = "The design in this address cannot be read; the file is shown as it is.";
    return false;
  }
}

function setTheme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  byId("theme").setAttribute("aria-pressed", String(dark));
  byId("theme").textContent = dark ? "Light" : "Dark";
  field.set({ dark });
  cavity.draw();
}

byId("theme").addEventListener("click", () => setTheme(document.documentElement.dataset.theme !== "dark"));
wireFolds(byId("design-fold"), byId("save-fold"));
wireHelp();
wireSaving(channel, { request, chosen: () => state.chosen, view: () => ({ component: byId("component").value, logarithmic: byId("logarithmic").checked }) });

async function begin() {
  setTheme(window.matchMedia("(prefers-color-scheme: dark)").matches);
  const work = busy.begin("the first design");
  try {
    const start = await channel.json("api/start");
    channel.page = start.page;
    controls = new Controls(byId("controls"), start, changed);
    wireOpening(channel, start, useOpened);
    if (!(await useAddress(start))) useOpened(await firstOf(channel, start));
  } catch (error) {
    channel.report(error);
  } finally {
    busy.done(work);
  }
}

begin();
