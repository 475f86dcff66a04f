// The explorer: keeps one design, asks for what follows from it, and shows the newest answer.

import { Controls, getKey } from "./controls.js";
import { FieldView } from "./field.js";
import { Plot, number } from "./plot.js";

const byId = (id) => document.getElementById(id);
const state = { design: null, source: null, modes: [], chosen: null, lasing: null, study: null, page: "", working: new Map(), changed: 0 };
const controllers = {};
const lasts = {};

const field = new FieldView(byId("field"), byId("field-read"));
const comb = new Plot(byId("comb"), "modes under the gain curve against wavelength");
const light = new Plot(byId("light"), "emission against fluence");
const studyPlot = new Plot(byId("study-plot"), "points of the study");

function trouble(words) {
  const place = byId("trouble");
  place.hidden = !words;
  place.textContent = words || "";
}

function showBusy() {
  const names = [...state.working.keys()];
  const place = byId("busy");
  place.classList.toggle("working", names.length > 0);
  if (names.length) place.textContent = `computing ${names.join(", ")} …`;
  else {
    const times = ["modes", "field", "lasing"].filter((name) => name in lasts).map((name) => `${name} ${lasts[name].toFixed(2)} s`);
    place.textContent = times.length ? `ready: ${times.join(", ")}` : "ready";
  }
}

class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

async function ask(path, body, signal) {
  let answer;
  try {
    const options = body === undefined ? { signal } : { method: "POST", signal, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    answer = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "The explorer does not answer. Start it again with `cavitydesign view` and open the address that it prints.");
  }
  if (!answer.ok) throw new Refused(answer.status, (await answer.text()).trim());
  return answer;
}

// One lane a kind of answer: a newer request cancels the older one.
async function follow(lane, path, body) {
  if (controllers[lane]) controllers[lane].abort();
  const controller = new AbortController();
  controllers[lane] = controller;
  const start = performance.now();
  state.working.set(lane, controller);
  showBusy();
  try {
    const answer = await (await ask(path, { ...body, page: state.page }, controller.signal)).json();
    lasts[lane] = (performance.now() - start) / 1000;
    return answer;
  } finally {
    if (state.working.get(lane) === controller) state.working.delete(lane);
    showBusy();
  }
}

function request(extra = {}) {
  return { design: state.design, source: state.source, ...extra };
}

function report(error) {
  if (error.name === "AbortError" || error.status === 409) return;
  trouble(error.message);
  if (error.status === 0) waitForReturn();
}

let waiting = null;
function waitForReturn() {
  if (waiting) return;
  waiting = setInterval(async () => {
    try {
      const answer = await fetch("api/start");
      if (answer.status === 403) {
        trouble("The explorer was started anew. Open the address that it printed; this page belongs to the old one.");
        return;
      }
      clearInterval(waiting);
      waiting = null;
      if (answer.ok) {
        trouble("");
        solve();
      }
    } catch (error) {
      // still away: the notice stays
    }
  }, 1500);
}

// ---- what follows from the design

let timer = null;
let lasingTimer = null;
function later(localOnly) {
  if (localOnly) {
    drawLight();
    return drawAnswer();
  }
  byId("answer").classList.add("stale");
  clearTimeout(timer);
  clearTimeout(lasingTimer);
  // what is on its way belongs to an older design
  for (const lane of ["modes", "field", "lasing"]) if (controllers[lane]) controllers[lane].abort();
  state.changed += 1;
  timer = setTimeout(() => solveModes(state.changed), 60);
  lasingTimer = setTimeout(() => solveLasing(state.changed), 200);
  return undefined;
}

function solve() {
  const mine = ++state.changed;
  solveLasing(mine);
  return solveModes(mine);
}

async function solveModes(mine) {
  try {
    const answer = await follow("modes", "api/modes", request());
    if (mine !== state.changed) return;
    trouble("");
    showModes(answer.modes);
    await solveField();
  } catch (error) {
    report(error);
  }
}

async function solveLasing(mine) {
  try {
    const answer = await follow("lasing", "api/lasing", request());
    if (mine !== state.changed) return;
    state.lasing = answer.lasing;
    byId("answer").classList.remove("stale");
  } catch (error) {
    if (error.name === "AbortError" || error.status === 409) return;
    state.lasing = null;
    state.lasingTrouble = error.message;
    if (error.status !== 422) report(error);
  }
  drawAnswer();
  drawLight();
  drawComb();
}

async function solveField() {
  if (!state.chosen) {
    field.clear();
    byId("field-title").textContent = "";
    return;
  }
  try {
    const answer = await follow("field", "api/field", request({ label: state.chosen }));
    if (answer.label !== state.chosen) return;
    field.show(answer);
    const mode = state.modes.find((one) => one.label === state.chosen);
    byId("field-title").textContent = `${state.chosen}${mode ? `, ${mode.wavelength_nm.toFixed(4)} nm` : ""}`;
  } catch (error) {
    report(error);
  }
}

// Keep the family and the nearest wavelength of the mode chosen before; at first, the strongest or the most central one.
function rechoose(modes) {
  if (!modes.length) return null;
  const old = state.modes.find((one) => one.label === state.chosen);
  const centre = old ? old.wavelength_nm : getKey(state.design, "modes.wavelength_nm");
  const cost = (mode) => Math.abs(mode.wavelength_nm - centre) + (old && (mode.polarisation !== old.polarisation || mode.p !== old.p || mode.q !== old.q) ? 1e6 : 0) + (old ? 0 : 1e3 * (mode.p - 1 + mode.q));
  return modes.reduce((best, mode) => (cost(mode) < cost(best) ? mode : best)).label;
}

function showModes(found) {
  const chosen = rechoose(found.modes);
  state.modes = found.modes;
  state.found = found;
  state.chosen = chosen;
  byId("count").textContent = `${found.modes.length}, ${found.wavelength_range_nm.map((one) => number(one, 6)).join(" – ")} nm; `
    + (found.complete ? "the count of eigenvalues agrees: none is missing" : "no count certifies that none is missing: see the warnings");
  drawTable();
  drawComb();
  drawAnswer();
}

function choose(label, focus = false) {
  if (state.chosen === label) return;
  state.chosen = label;
  for (const row of byId("modes").tBodies[0].rows) {
    const on = row.dataset.label === label;
    row.setAttribute("aria-selected", String(on));
    row.tabIndex = on ? 0 : -1;
    if (on && focus) row.focus();
  }
  drawComb();
  solveField();
}

// ---- the table

const fixed = (value) => (value === null || value === undefined ? "–" : value.toFixed(3));

const COLUMNS = [
  ["mode", (mode) => mode.label],
  ["λ (nm)", (mode) => mode.wavelength_nm.toFixed(4)],
  ["± (nm)", (mode) => number(mode.wavelength_error_nm, 2)],
  ["n_eff", (mode) => number(mode.n_eff, 6)],
  ["n_g", (mode) => number(mode.group_index, 5)],
  ["FSR (nm)", (mode) => number(mode.fsr_nm, 5)],
  ["inside (%)", (mode) => number(100 * (1 - (mode.confinement.surround || 0)), 6)],
  ["E_z (%)", (mode) => number(100 * mode.energy_fraction.axial, 4)],
  ["V (µm³)", (mode) => number(mode.mode_volume_um3, 4)],
  ["log Q rad", (mode) => fixed(mode.log10_q.radiation)],
  ["log Q abs", (mode) => fixed(mode.log10_q.absorption)],
  ["log Q scat", (mode) => fixed(mode.log10_q.scattering)],
  ["log Q", (mode) => fixed(mode.log10_q.total)],
];

function drawTable() {
  const table = byId("modes");
  const names = families();
  const head = document.createElement("tr");
  for (const [name] of COLUMNS) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = name;
    head.append(cell);
  }
  table.tHead.replaceChildren(head);
  table.tBodies[0].replaceChildren(...state.modes.map((mode) => {
    const row = document.createElement("tr");
    row.dataset.label = mode.label;
    row.setAttribute("aria-selected", String(mode.label === state.chosen));
    row.tabIndex = mode.label === state.chosen ? 0 : -1;
    for (const [, show] of COLUMNS) {
      const cell = document.createElement("td");
      cell.textContent = show(mode);
      row.append(cell);
    }
    const swatch = document.createElement("span");
    swatch.className = `swatch b${names.indexOf(`${mode.polarisation} p=${mode.p} q=${mode.q}`) % 7}`;
    row.firstChild.prepend(swatch);
    row.addEventListener("click", () => choose(mode.label));
    return row;
  }));
}

byId("modes").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !state.modes.length) return;
  event.preventDefault();
  const at = state.modes.findIndex((one) => one.label === state.chosen);
  choose(state.modes[Math.min(state.modes.length - 1, Math.max(0, at + step))].label, true);
});

// ---- the comb

function families() {
  return [...new Set(state.modes.map((mode) => `${mode.polarisation} p=${mode.p} q=${mode.q}`))].sort();
}

function gainAt(curve, wavelength) {
  const xs = curve.wavelength_nm;
  const i = xs.findIndex((one) => one >= wavelength);
  if (i <= 0) return curve.gain_per_cm[i === 0 ? 0 : xs.length - 1];
  const t = (wavelength - xs[i - 1]) / (xs[i] - xs[i - 1]);
  return curve.gain_per_cm[i - 1] + t * (curve.gain_per_cm[i] - curve.gain_per_cm[i - 1]);
}

function drawComb() {
  if (!state.modes.length) return comb.clear("no mode in this range; widen the span");
  const curve = state.lasing && state.lasing.gain_curve;
  const places = state.modes.map((mode) => mode.wavelength_nm);
  const margin = 0.06 * Math.max(Math.max(...places) - Math.min(...places), 4);
  const x = { low: Math.min(...places) - margin, high: Math.max(...places) + margin, label: "wavelength (nm)" };
  const inside = curve ? curve.gain_per_cm.filter((_, i) => curve.wavelength_nm[i] >= x.low && curve.wavelength_nm[i] <= x.high) : [1];
  const top = Math.max(...inside, 1e-3);
  const low = Math.max(Math.min(0, ...inside), -0.5 * top);
  const names = families();
  const shares = new Map((state.lasing ? state.lasing.per_mode || [] : []).map((one) => [one.label, one.output_share]));
  comb.draw({ x, y: { low, high: 1.5 * top, label: curve ? "gain (cm⁻¹)" : "modes", bare: !curve } }, (plot) => {
    if (curve) {
      const grid = Array.from({ length: 121 }, (_, i) => x.low + ((x.high - x.low) * i) / 120);
      const heights = grid.map((one) => Math.max(gainAt(curve, one), low));
      plot.path([x.low, ...grid, x.high], [0, ...heights, 0], { class: "gain" });
    }
    const stride = Math.ceil(state.modes.length / 16);
    state.modes.forEach((mode, i) => {
      const height = Math.max(curve ? gainAt(curve, mode.wavelength_nm) : top, 0.05 * top);
      const c = names.indexOf(`${mode.polarisation} p=${mode.p} q=${mode.q}`) % 7;
      const [px, py] = [plot.x(mode.wavelength_nm), plot.y(height)];
      plot.add("line", { class: `line c${c}`, x1: px, x2: px, y1: plot.y(0), y2: py });
      const dot = plot.add("circle", { class: `mark f${c} ${mode.label === state.chosen ? "chosen" : ""}`, cx: px, cy: py, r: mode.label === state.chosen ? 6 : 4, "data-label": mode.label });
      dot.addEventListener("click", () => choose(mode.label));
      if (i % stride === 0 || mode.label === state.chosen) plot.add("text", { class: "small", x: px + 3, y: py - 8, transform: `rotate(-90 ${px + 3} ${py - 8})` }, mode.label);
    });
  }, (wavelength) => {
    const mode = state.modes.reduce((best, one) => (Math.abs(one.wavelength_nm - wavelength) < Math.abs(best.wavelength_nm - wavelength) ? one : best));
    const share = shares.get(mode.label);
    byId("comb-read").textContent = `${mode.label}: ${mode.wavelength_nm.toFixed(4)} nm, log10 Q ${number(mode.log10_q.total, 4)}${curve ? `, gain ${number(gainAt(curve, mode.wavelength_nm), 3)} cm⁻¹` : ""}${share === undefined || share === null ? "" : `, ${number(100 * share, 3)} % of the output`}`;
    return mode.wavelength_nm;
  });
  return undefined;
}

// ---- the light curve and the answer

function drawLight() {
  const lasing = state.lasing;
  if (!lasing) return light.clear(state.lasingTrouble || "not computed yet");
  const { fluence_mj_cm2: fluence, emission } = lasing.light_curve;
  const shown = fluence.map((one, i) => [one, emission[i]]).filter(([, one]) => one > 0);
  if (shown.length < 2) return light.clear("no emission in this range of fluences");
  const [xs, ys] = [shown.map(([one]) => one), shown.map(([, one]) => one)];
  const axes = { x: { low: xs[0], high: xs[xs.length - 1], label: "fluence (mJ/cm²)", log: true }, y: { low: Math.min(...ys) / 1.4, high: Math.max(...ys) * 1.6, label: "emission (arb.)", log: true } };
  light.draw(axes, (plot) => {
    drawFit(plot, lasing, xs, ys);
    for (const [px, py] of shown) plot.add("circle", { class: "dot f0", cx: plot.x(px), cy: plot.y(py), r: 2.6 });
    for (const [name, words] of [["gain_equals_loss", "gain = loss"], ["ase", "ASE"], ["lasing", "lasing"]]) {
      const value = lasing.threshold_mj_cm2[name];
      if (value !== null) plot.threshold(value, `${words} ${number(value, 3)}`);
    }
    plot.threshold(controls.fluence, "pumped here", "pumped");
    if (lasing.slopes) plot.add("text", { x: 68, y: 28 }, `slopes ${lasing.slopes.map((one) => one.toFixed(2)).join(" / ")}`);
  }, (value) => {
    const i = xs.reduce((best, one, k) => (Math.abs(Math.log(one / value)) < Math.abs(Math.log(xs[best] / value)) ? k : best), 0);
    byId("light-read").textContent = `${number(xs[i], 4)} mJ/cm²: emission ${number(ys[i], 4)}`;
    return xs[i];
  });
  return undefined;
}

// The fitted continuous power laws, at the height that fits the points best.
function drawFit(plot, lasing, xs, ys) {
  if (!lasing.fit || !lasing.slopes) return;
  const { breaks_mj_cm2: breaks } = lasing.fit;
  const shape = (one) => breaks.reduce((sum, place, k) => sum + (lasing.slopes[k + 1] - lasing.slopes[k]) * Math.max(Math.log(one / place), 0), lasing.slopes[0] * Math.log(one));
  const offset = xs.reduce((sum, one, i) => sum + Math.log(ys[i]) - shape(one), 0) / xs.length;
  const corners = [xs[0], ...breaks.filter((one) => one > xs[0] && one < xs[xs.length - 1]), xs[xs.length - 1]];
  plot.path(corners, corners.map((one) => Math.exp(shape(one) + offset)), { class: "line fit" });
}

// The regime at a fluence, from the number of lasing modes at the nearest point of the light curve.
function regimeAt(lasing, fluence) {
  const { fluence_mj_cm2: places, modes_lasing: counts } = lasing.light_curve;
  if (!counts) return lasing.regime;
  const i = places.reduce((best, one, k) => (Math.abs(one - fluence) < Math.abs(places[best] - fluence) ? k : best), 0);
  const beyond = fluence > places.at(-1) * 1.02 || fluence < places[0] * 0.98;
  if (beyond) return "outside the curve";
  if (counts[i] === 0) return "below threshold";
  return counts[i] === 1 ? "single mode" : `${counts[i]} modes`;
}

function drawAnswer() {
  const items = [];
  const lasing = state.lasing;
  if (lasing) {
    items.push([lasing.regime, `regime at ${number(lasing.regime_fluence_mj_cm2, 3)} mJ/cm²`]);
    items.push([regimeAt(lasing, controls.fluence), `pumped at ${number(controls.fluence, 3)} mJ/cm² (the slider)`]);
    items.push([`${number(lasing.threshold_mj_cm2.lasing, 3)} mJ/cm²`, "lasing threshold"]);
    items.push([`${number(lasing.side_mode_suppression_db, 3)} dB`, "side-mode suppression"]);
    items.push([number(lasing.single_mode_probability, 2), "probability of a single mode"]);
  } else if (state.lasingTrouble) items.push(["–", state.lasingTrouble]);
  const mode = state.modes.find((one) => one.label === state.chosen);
  if (mode) {
    items.push([`${number(mode.fsr_nm, 4)} nm`, `FSR of ${mode.label}`]);
    items.push([number(mode.q_total === null ? 10 ** mode.log10_q.total : mode.q_total, 4), `solved Q of ${mode.label}`]);
  }
  byId("answer").replaceChildren(...items.map(([value, words]) => {
    const box = document.createElement("div");
    const [big, small] = [document.createElement("b"), document.createElement("span")];
    big.textContent = value;
    small.textContent = words;
    box.append(big, small);
    return box;
  }));
}

// ---- studies

function select(label, options, value, changed) {
  const wrap = document.createElement("label");
  const box = document.createElement("select");
  for (const option of options) box.append(new Option(option, option));
  box.value = value;
  box.addEventListener("change", () => changed(box.value));
  wrap.append(` ${label} `, box);
  return wrap;
}

function showStudy(study) {
  state.study = study;
  byId("study").hidden = !study;
  if (!study) return;
  const numeric = study.axes.filter((axis) => study.rows.some((row) => typeof row[axis] === "number"));
  const wanted = ["threshold_mj_cm2.lasing", "wavelength_nm"].find((name) => study.outcomes.includes(name));
  study.x = numeric[0] || "point";
  study.y = wanted || study.outcomes[0];
  byId("study-choice").replaceChildren(
    select("across", ["point", ...numeric, ...study.outcomes], study.x, (name) => { study.x = name; drawStudy(); }),
    select("up", [...numeric, ...study.outcomes], study.y, (name) => { study.y = name; drawStudy(); }),
  );
  drawStudy();
}

function drawStudy() {
  const study = state.study;
  const rows = study.rows.filter((row) => typeof row[study.x] === "number" && typeof row[study.y] === "number");
  if (!rows.length) return studyPlot.clear("no finished points yet");
  const span = (name) => {
    const values = rows.map((row) => row[name]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const margin = 0.05 * (high - low) || 0.5;
    return { low: low - margin, high: high + margin, label: name };
  };
  studyPlot.draw({ x: span(study.x), y: span(study.y) }, (plot) => {
    for (const row of rows) {
      const dot = plot.add("circle", { class: `mark f0 ${row.point === study.point ? "chosen" : ""}`, cx: plot.x(row[study.x]), cy: plot.y(row[study.y]), r: 4.5, tabindex: 0, role: "button", "aria-label": `point ${row.point}`, "data-point": row.point });
      const open = () => openPoint(row);
      dot.addEventListener("click", open);
      dot.addEventListener("keydown", (event) => (event.key === "Enter" ? open() : undefined));
      dot.addEventListener("pointerenter", () => { byId("study-read").textContent = `point ${row.point}: ${study.x} ${number(row[study.x])}, ${study.y} ${number(row[study.y])}`; });
    }
  });
  return undefined;
}

async function openPoint(row) {
  try {
    const answer = await (await ask("api/open", { name: state.study.name, point: row.point })).json();
    state.study.point = row.point;
    if (row.mode) state.chosen = row.mode;
    state.modes = [];
    useDesign(answer.design);
    drawStudy();
  } catch (error) {
    report(error);
  }
}

// ---- opening and saving

function useDesign(design) {
  state.design = design;
  controls.show(design);
  solve();
}

function useOpened(opened) {
  state.source = opened.source;
  state.lasing = null;
  showStudy(opened.kind === "study" ? opened : null);
  controls.fluence = Math.min(20, Math.max(0.1, (getKey(opened.design, "pump.fluence_mj_cm2") || [1, 4]).at(-1) * 0.75));
  if (opened.kind === "results") {
    state.design = opened.design;
    showModes(opened.results.modes);
    state.lasing = opened.results.lasing || null;
    drawAnswer();
    drawLight();
  }
  useDesign(opened.design);
}

byId("open").addEventListener("change", async (event) => {
  try {
    useOpened(await (await ask("api/open", { name: event.target.value })).json());
    trouble("");
  } catch (error) {
    report(error);
  }
});

async function save(button, path, extra) {
  button.disabled = true;
  state.working.set(`the ${extra.kind || path.split("/")[1]} file`, null);
  showBusy();
  try {
    const answer = await ask(path, { ...request(extra), page: state.page });
    const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))[1];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 5000);
    trouble("");
  } catch (error) {
    report(error);
  } finally {
    button.disabled = false;
    state.working.delete(`the ${extra.kind || path.split("/")[1]} file`);
    showBusy();
  }
}

byId("save-design").addEventListener("click", (event) => save(event.currentTarget, "api/design", {}));
byId("save-table").addEventListener("click", (event) => save(event.currentTarget, "api/table", {}));
byId("save-vtk").addEventListener("click", (event) => save(event.currentTarget, "api/vtk", { label: state.chosen }));
byId("save-figure").addEventListener("click", (event) => save(event.currentTarget, "api/figure", {
  kind: byId("figure-kind").value, format: byId("figure-format").value, label: state.chosen,
  component: byId("component").value, logarithmic: byId("logarithmic").checked,
}));

for (const [id, name] of [["component", "component"], ["logarithmic", "logarithmic"], ["proportions", "proportions"]]) {
  byId(id).addEventListener("change", (event) => {
    field.set({ [name]: event.target.type === "checkbox" ? event.target.checked : event.target.value });
    byId("logarithmic").disabled = byId("component").value !== "energy";
    byId("logarithmic").checked = field.options.logarithmic;
  });
}

function setTheme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  byId("theme").setAttribute("aria-pressed", String(dark));
  byId("theme").textContent = dark ? "Light" : "Dark";
  field.set({ dark });
}

byId("theme").addEventListener("click", () => setTheme(document.documentElement.dataset.theme !== "dark"));

let controls = null;
async function begin() {
  setTheme(window.matchMedia("(prefers-color-scheme: dark)").matches);
  try {
    const start = await (await ask("api/start")).json();
    state.page = start.page;
    controls = new Controls(byId("controls"), start.materials, later);
    const names = start.listing.map((one) => one.name);
    if (!names.includes(start.opened.name)) names.unshift(start.opened.name);
    byId("open").replaceChildren(...names.map((name) => new Option(name, name)));
    byId("open").value = start.opened.name;
    useOpened(start.opened);
  } catch (error) {
    report(error);
  }
}

begin();
