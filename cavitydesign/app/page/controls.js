// The form: one control for each entry of the list of fields, and what the design holds beyond them, to read.

import { clone, flat, getKey, getSpread, plain, resize, setKey, sizeKey } from "./design.js";
import { fieldsOf } from "./fields.js";
import { mediaControls } from "./media.js";
import { number } from "./plot.js";
import { placeKey } from "./pump.js";

export function make(tag, attributes = {}, text) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

// Tables of the design that a switch adds and takes away, with what they begin with.
const TABLES = {
  objective: { name: "collection", start: { numerical_aperture: 0.5 } },
  sensor: { name: "sensing", start: { region: "surround" } },
  guide: { name: "coupling", start: { kind: "taper", diameter_um: 1.2, gap_um: 0.3 } },
  warmth: { name: "temperature", start: { temperature_k: 293.15 } },
};

export class Controls {
  // root: the form; start: what the server knows (materials, gain media); changed(): told after each change of the design.
  constructor(root, start, changed) {
    Object.assign(this, { root, start, changed, keepShape: false, place: 4, calibrations: [], fields: fieldsOf(start.profiles) });
    root.addEventListener("submit", (event) => event.preventDefault());
  }

  show(design) {
    this.design = design;
    this.sliders = new Map();
    this.covered = new Set();
    const groups = new Map();
    for (const field of this.fields) {
      if (field.when && !field.when(design)) continue;
      if (!groups.has(field.group)) {
        const set = make("fieldset");
        set.append(make("legend", {}, field.group));
        groups.set(field.group, set);
      }
      this.add(groups.get(field.group), field);
    }
    const scroller = this.root.parentElement;
    const kept = scroller.scrollTop;
    const held = this.root.contains(document.activeElement) ? document.activeElement : null;
    this.root.replaceChildren(...groups.values(), this.rest());
    scroller.scrollTop = kept;
    // the control that was moved keeps the keyboard's focus
    const again = held && (held.id ? `#${CSS.escape(held.id)}` : held.dataset.slider && `[data-slider="${CSS.escape(held.dataset.slider)}"]`);
    if (again) this.root.querySelector(again)?.focus({ preventScroll: true });
  }

  add(set, field) {
    this.covered.add(field.source || field.key);
    if (field.key === "media") mediaControls(this, set);
    else if (field.key === "quality") this.qualityControls(set, field);
    else if (field.key === "parameters") this.parameterControls(set);
    else if (field.toggle) set.append(this.toggle(field, this.read(field), (value) => this.write(field, value)));
    else if (field.key === "cavity.profile") set.append(...this.profileControls(field));
    else if (field.options) set.append(this.choice(field, this.read(field), (value) => this.write(field, value)));
    else set.append(this.slider(field, this.read(field), (value) => this.write(field, value)));
  }

  // The fluence, or power, where the regime is told: the user's, or where the last answer found it.
  get fluence() { return getKey(this.design, placeKey(this.design)) ?? this.place; }

  showPlace(fluence) {
    this.place = fluence;
    if (this.sliders.has("fluence") && getKey(this.design, placeKey(this.design)) === undefined) this.sliders.get("fluence")(Number(fluence.toPrecision(4)));
  }

  read(field) {
    if (field.key === "keepShape") return this.keepShape;
    if (field.key === "fluence") return Number(this.fluence.toPrecision(4));
    if (TABLES[field.key]) return this.design[TABLES[field.key].name] !== undefined;
    if (field.key === "deviation") return this.design.cavity.deviation !== undefined;
    if (field.key === "automatic") return getKey(this.design, placeKey(this.design)) === undefined;
    if (field.source) return (getKey(this.design, field.source) || field.ends)[field.key === "range.low" ? 0 : 1];
    const value = getKey(this.design, field.key);
    return value === undefined || value === null ? field.fallback : value;
  }

  write(field, value) {
    const { design } = this;
    if (field.key === "keepShape") {
      this.keepShape = value;
      return undefined;
    }
    if (TABLES[field.key]) {
      const { name, start } = TABLES[field.key];
      if (value) design[name] = clone(start);
      else delete design[name];
      this.show(design);
      return this.changed(name);
    }
    if (field.key === "deviation") {
      if (value) design.cavity.deviation = { ellipticity: 0.004 };
      else delete design.cavity.deviation;
      this.show(design);
      return this.changed("cavity.deviation");
    }
    if (field.key === "fluence" || field.key === "automatic") {
      setKey(design, placeKey(design), value === true ? undefined : value === false ? this.place : value);
      const box = this.root.querySelector("#c-automatic");
      if (box) box.checked = value === true;
    } else if (field.source) {
      const range = [...(getKey(design, field.source) || field.ends)];
      range[field.key === "range.low" ? 0 : 1] = value;
      setKey(design, field.source, range);
    } else if (field.key === "cavity.diameter_um") {
      resize(design, value, this.keepShape);
      if (this.keepShape) this.refresh();
    } else setKey(design, field.key, value);
    if (field.key === "cavity.profile") this.changeProfile(value);
    if (field.key === "pump.photons") this.changePhotons(value);
    // a fibre is of something
    if (field.key === "cavity.fibre_diameter_um" && value > 0 && design.cavity.fibre === undefined) design.cavity.fibre = "silica";
    // without a fibre nothing lies beside the axis or leans
    if (field.key === "cavity.fibre_diameter_um" && !(value > 0) && design.cavity.deviation)
      for (const key of ["fibre_offset_um", "fibre_tilt_deg"]) delete design.cavity.deviation[key];
    // whether the fibre has a medium and a taper to choose hangs on its being there
    if (field.key === "cavity.fibre_diameter_um" && (value > 0) !== Boolean(this.sliders.has("cavity.fibre_taper"))) this.show(design);
    return this.changed(field.key);
  }

  // Put the design's values into the sliders that another one has moved.
  refresh() {
    for (const [key, put] of this.sliders) {
      const value = getKey(this.design, key);
      if (typeof value === "number") put(value);
    }
  }

  // Another number of photons is another pump: its wavelength, and fluences around its thresholds.
  changePhotons(photons) {
    const medium = getKey(this.design, "gain.medium") ?? this.start.gain_media[0];
    const usual = (this.start.pumps[medium] || {})[photons];
    if (!usual) return;
    setKey(this.design, "pump.wavelength_nm", usual.wavelength_nm);
    if (usual.fluence_mj_cm2) setKey(this.design, "pump.fluence_mj_cm2", [...usual.fluence_mj_cm2]);
    setKey(this.design, "lasing.at_fluence_mj_cm2", undefined);
    this.show(this.design);
  }

  changeProfile(profile) {
    const cavity = this.design.cavity;
    const size = getKey(this.design, "cavity.diameter_um") ?? 15;
    const { profiles } = this.start;
    const chosen = profiles.find((one) => one.name === profile);
    for (const key of new Set(profiles.flatMap((one) => one.keys))) if (!chosen.keys.includes(key)) delete cavity[key];
    setKey(this.design, "cavity.diameter_um", size);
    for (const { key, of_diameter: share } of chosen.controls) {
      if (share !== null && getKey(this.design, key) === undefined) setKey(this.design, key, share * size);
    }
    Object.assign(cavity, chosen.start);
    if (chosen.required.includes("fibre_diameter_um") && !getKey(this.design, "cavity.fibre_diameter_um")) Object.assign(cavity, { fibre_diameter_um: size / 2, fibre: cavity.fibre ?? "silica" });
    this.show(this.design);
  }

  profileControls(field) {
    const profile = getKey(this.design, "cavity.profile");
    const rows = [this.choice(field, profile, (value) => this.write(field, value))];
    const file = this.design.cavity.file;
    if (file !== undefined) {
      this.covered.add("cavity.file");
      rows.push(make("p", { class: "note" }, `from the file ${file}${profile === "section" ? "" : "; another outline leaves it"}`));
    }
    return rows;
  }

  parameterControls(set) {
    for (const [name, value] of Object.entries(this.design.cavity.parameters)) {
      const key = `cavity.parameters.${name}`;
      this.covered.add(key);
      const now = getKey(this.design, key);
      const field = { key, label: name.replaceAll("_", " "), min: now / 3, max: now * 3, step: 0.01, log: now > 0, hint: "a constant of the section's file" };
      if (typeof now === "number" && now !== 0) set.append(this.slider(field, now, (moved) => this.write({ key }, moved)));
      else set.append(make("p", { class: "note" }, `${name}: ${plain(value)}`));
    }
  }

  qualityControls(set, field) {
    this.covered.add("lasing.quality");
    const quality = getKey(this.design, "lasing.quality") ?? "budget";
    const kind = typeof quality === "number" ? "one number" : typeof quality === "object" ? "grows with size" : "solved losses";
    const hint = "solved losses: what radiation, absorption and roughness give; grows with size: a number times the diameter in µm, as measured for published bottles; or one number for all modes";
    set.append(this.choice({ key: "quality", label: field.label, options: ["solved losses", "grows with size", "one number"], hint }, kind, (value) => {
      setKey(this.design, "lasing.quality", { "solved losses": "budget", "grows with size": { per_um: 24 }, "one number": 1000 }[value]);
      this.show(this.design);
      this.changed("lasing.quality");
    }));
    if (kind === "grows with size") {
      this.covered.add("lasing.quality.per_um");
      set.append(this.slider({ key: "quality.per_um", label: "Q per µm", min: 5, max: 200, step: 1, log: true }, quality.per_um, (value) => {
        quality.per_um = value;
        this.changed("lasing.quality");
      }));
    } else if (kind === "one number") {
      set.append(this.slider({ key: "quality.number", label: "Q", min: 100, max: 1e6, step: 10, log: true }, quality, (value) => {
        setKey(this.design, "lasing.quality", value);
        this.changed("lasing.quality");
      }));
    }
  }

  // Everything of the design that has no control.
  rest() {
    const known = (key) => this.covered.has(key) || key === placeKey(this.design);
    const rows = flat(clone(this.design)).filter(([key]) => !known(key));
    const box = make("details", { id: "rest" });
    box.hidden = !rows.length;
    box.append(make("summary", {}, `${rows.length} further key${rows.length > 1 ? "s" : ""} of this design`));
    const list = make("dl");
    for (const [key, value] of rows) list.append(make("dt", {}, key), make("dd", {}, plain(value)));
    box.append(list);
    return box;
  }

  labelled(field, id, kind) {
    const row = make("div", { class: `control ${kind}`, title: field.hint || "" });
    const sd = getSpread(this.design, field.key);
    row.append(make("label", { for: id }, sd === undefined ? field.label : `${field.label} ± ${number(sd, 3)}`));
    return row;
  }

  toggle(field, value, changed) {
    const id = `c-${field.key}`;
    const row = make("div", { class: "control toggle", title: field.hint || "" });
    const box = make("input", { type: "checkbox", id });
    box.checked = value;
    box.addEventListener("change", () => changed(box.checked));
    row.append(box, make("label", { for: id }, field.label));
    return row;
  }

  choice(field, value, changed) {
    const id = `c-${field.key.replaceAll(".", "-")}`;
    const row = this.labelled(field, id, "choice");
    const select = make("select", { id, "data-key": field.key });
    const options = field.options;
    for (const option of options.includes(value) ? options : [value, ...options]) select.append(make("option", {}, String(option)));
    select.value = String(value);
    select.addEventListener("change", () => changed(options.find((option) => String(option) === select.value) ?? value));
    row.append(select);
    return row;
  }

  slider(field, value, changed) {
    const id = `c-${field.key.replaceAll(".", "-")}`;
    const row = this.labelled(field, id, "slider");
    const box = make("input", { type: "number", id, step: "any", "data-key": field.key });
    const range = make("input", { type: "range", "aria-label": `${field.label}, slider`, min: 0, max: 1000, step: 1, "data-slider": field.key });
    const place = (x) => 1000 * (field.log ? Math.log(x / field.min) / Math.log(field.max / field.min) : (x - field.min) / (field.max - field.min));
    const at = (t) => {
      const raw = field.log ? field.min * (field.max / field.min) ** (t / 1000) : field.min + (t / 1000) * (field.max - field.min);
      const step = field.log ? Math.min(field.step, 10 ** (Math.floor(Math.log10(raw)) - 1)) : field.step;
      return Number((Math.round(raw / step) * step).toFixed(6));
    };
    const put = (x) => {
      box.value = Number(x.toPrecision(6));
      box.classList.remove("bad");
      range.value = Math.min(1000, Math.max(0, place(Math.max(x, field.log ? 1e-9 : x))));
    };
    if (typeof value === "number") put(value);
    else [box.value, range.value] = ["", 0];
    if (typeof value === "number") box.value = Number(value.toPrecision(9));
    range.addEventListener("input", () => {
      box.value = at(Number(range.value));
      box.classList.remove("bad");
      range.setAttribute("aria-valuetext", box.value);
      changed(Number(box.value));
    });
    box.addEventListener("input", () => {
      const typed = Number(box.value);
      const good = box.value !== "" && Number.isFinite(typed);
      box.classList.toggle("bad", !good);
      if (!good) return;
      range.value = place(typed);
      changed(typed);
    });
    this.sliders.set(field.key, put);
    row.append(range, box);
    return row;
  }

  // Take over a size (and a fluence) that was chosen elsewhere on the page.
  take(size, fluence) {
    resize(this.design, size, this.keepShape);
    if (fluence !== undefined) setKey(this.design, placeKey(this.design), fluence);
    this.show(this.design);
    this.changed(sizeKey(this.design));
  }
}
