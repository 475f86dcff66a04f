// The form: one control for each design key that a researcher moves, made from one list.

const FIELDS = [
  { group: "Cavity", key: "cavity.profile", label: "outline", options: ["parabola", "cosine", "spheroid"] },
  { group: "Cavity", key: "cavity.diameter_um", label: "diameter (µm)", min: 4, max: 130, step: 0.1, log: true },
  { group: "Cavity", key: "cavity.axial_radius_um", label: "axial radius (µm)", min: 5, max: 1000, step: 0.5, log: true, unless: "spheroid" },
  { group: "Cavity", key: "cavity.polar_radius_um", label: "polar radius (µm)", min: 2, max: 200, step: 0.1, log: true, only: "spheroid" },
  { group: "Cavity", key: "cavity.fibre_diameter_um", label: "fibre (µm)", min: 0, max: 60, step: 0.1, fallback: 0 },
  { group: "Cavity", key: "cavity.roughness_nm", label: "roughness (nm)", min: 0, max: 30, step: 0.1, fallback: 0 },
  { group: "Cavity", key: "cavity.correlation_nm", label: "correlation (nm)", min: 10, max: 500, step: 5, fallback: 100 },
  { group: "Body", key: "body" },
  { group: "Modes", key: "modes.polarisation", label: "polarisation", options: ["TM", "TE", "both"], fallback: "TM" },
  { group: "Modes", key: "modes.wavelength_nm", label: "centre (nm)", min: 450, max: 700, step: 0.1 },
  { group: "Modes", key: "modes.span_nm", label: "span (nm)", min: 1, max: 40, step: 0.5, fallback: 10 },
  { group: "Modes", key: "modes.radial_orders", label: "radial orders p", min: 1, max: 5, step: 1, fallback: 1 },
  { group: "Modes", key: "modes.axial_orders", label: "axial orders q", min: 1, max: 8, step: 1, fallback: 1 },
  { group: "Pump and losses", key: "pump.photons", label: "photons", options: [1, 2, 3], fallback: 3 },
  { group: "Pump and losses", key: "pump.wavelength_nm", label: "pump (nm)", min: 350, max: 1800, step: 5, fallback: 1500 },
  { group: "Pump and losses", key: "range.low", label: "curve from (mJ/cm²)", min: 0.05, max: 10, step: 0.05, fallback: 1 },
  { group: "Pump and losses", key: "range.high", label: "curve to (mJ/cm²)", min: 0.1, max: 20, step: 0.05, fallback: 6 },
  { group: "Pump and losses", key: "fluence", label: "fluence (mJ/cm²)", min: 0.1, max: 20, step: 0.05, fallback: 4, local: true },
  { group: "Pump and losses", key: "quality", label: "Q of the modes" },
];

export function getKey(design, key) {
  const [table, name] = key.split(".");
  const value = (design[table] || {})[name];
  return value !== null && typeof value === "object" && "value" in value ? value.value : value;
}

export function setKey(design, key, value) {
  const [table, name] = key.split(".");
  design[table] = design[table] || {};
  const old = design[table][name];
  if (value === undefined) delete design[table][name];
  else if (old !== null && typeof old === "object" && "value" in old) old.value = value;
  else design[table][name] = value;
}

function make(tag, attributes = {}, text) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

export class Controls {
  // root: the form; materials: names of the library; changed(local): told after each change of the design.
  constructor(root, materials, changed) {
    this.root = root;
    this.materials = materials;
    this.changed = changed;
    this.fluence = 4;
    root.addEventListener("submit", (event) => event.preventDefault());
  }

  show(design) {
    this.design = design;
    this.root.replaceChildren();
    const groups = new Map();
    for (const field of FIELDS) {
      if (!groups.has(field.group)) {
        const set = make("fieldset");
        set.append(make("legend", {}, field.group));
        groups.set(field.group, set);
        this.root.append(set);
      }
      const set = groups.get(field.group);
      const profile = getKey(design, "cavity.profile");
      if ((field.only && field.only !== profile) || (field.unless && field.unless === profile)) continue;
      if (field.key === "body") this.bodyControls(set);
      else if (field.key === "quality") this.qualityControls(set, field);
      else if (field.options) set.append(this.choice(field.key, field.label, field.options, this.read(field), (value) => this.write(field, value)));
      else set.append(this.slider(field, this.read(field), (value) => this.write(field, value)));
    }
  }

  read(field) {
    if (field.key === "fluence") return this.fluence;
    if (field.key === "range.low") return (getKey(this.design, "pump.fluence_mj_cm2") || [1, 6])[0];
    if (field.key === "range.high") return (getKey(this.design, "pump.fluence_mj_cm2") || [1, 6])[1];
    const value = getKey(this.design, field.key);
    return value === undefined || value === null ? field.fallback : value;
  }

  write(field, value) {
    if (field.key === "fluence") {
      this.fluence = value;
      return this.changed(true);
    }
    if (field.key.startsWith("range.")) {
      const range = [...(getKey(this.design, "pump.fluence_mj_cm2") || [1, 6])];
      range[field.key === "range.low" ? 0 : 1] = value;
      setKey(this.design, "pump.fluence_mj_cm2", range);
    } else if (field.key === "modes.span_nm") {
      setKey(this.design, "modes.azimuthal_order", undefined);
      setKey(this.design, field.key, value);
    } else {
      setKey(this.design, field.key, value);
    }
    if (field.key === "cavity.profile") this.changeProfile(value);
    return this.changed(false);
  }

  changeProfile(profile) {
    const half = getKey(this.design, "cavity.diameter_um") / 2;
    for (const key of ["contact_angle_deg", "length_um", "volume_um3", "file"]) delete this.design.cavity[key];
    if (profile === "spheroid") {
      delete this.design.cavity.axial_radius_um;
      setKey(this.design, "cavity.polar_radius_um", half);
    } else {
      delete this.design.cavity.polar_radius_um;
      if (getKey(this.design, "cavity.axial_radius_um") === undefined) setKey(this.design, "cavity.axial_radius_um", 8 * half);
    }
    this.show(this.design);
  }

  bodyControls(set) {
    const body = this.design.cavity.body;
    const kind = typeof body === "string" ? body : body && body.host ? "dots in a host" : body && body.name ? body.name : "an index";
    const options = ["an index", "dots in a host", ...this.materials];
    set.append(this.choice("body", "medium", options, kind, (value) => {
      if (value === "an index") this.design.cavity.body = { index: 1.495 };
      else if (value === "dots in a host") this.design.cavity.body = { host: "PMMA", inclusion: "CsPbBr3", volume_fraction: 0.01 };
      else this.design.cavity.body = value;
      this.show(this.design);
      this.changed(false);
    }));
    if (kind === "an index") {
      set.append(this.slider({ key: "body.index", label: "index", min: 1.3, max: 2.5, step: 0.001 }, body.index, (value) => {
        body.index = value;
        this.changed(false);
      }));
    } else if (kind === "dots in a host") {
      set.append(this.slider({ key: "body.fraction", label: "dot fraction (% of volume)", min: 0, max: 10, step: 0.05 }, 100 * body.volume_fraction, (value) => {
        body.volume_fraction = value / 100;
        this.changed(false);
      }));
    }
  }

  qualityControls(set, field) {
    const quality = getKey(this.design, "lasing.quality");
    const empirical = quality !== null && typeof quality === "object" && "per_um" in quality;
    const kind = typeof quality === "number" ? "a number" : empirical ? "per µm of diameter" : "from the loss budget";
    set.append(this.choice("quality", field.label, ["from the loss budget", "per µm of diameter", "a number"], kind, (value) => {
      const made = { "from the loss budget": "budget", "per µm of diameter": { per_um: 24 }, "a number": 1000 }[value];
      this.design.lasing = { ...(this.design.lasing || {}), quality: made };
      this.show(this.design);
      this.changed(false);
    }));
    if (kind === "per µm of diameter") {
      set.append(this.slider({ key: "quality.per_um", label: "Q per µm", min: 5, max: 200, step: 1 }, quality.per_um, (value) => {
        quality.per_um = value;
        this.changed(false);
      }));
    } else if (kind === "a number") {
      set.append(this.slider({ key: "quality.number", label: "Q", min: 100, max: 100000, step: 10, log: true }, quality, (value) => {
        setKey(this.design, "lasing.quality", value);
        this.changed(false);
      }));
    }
  }

  choice(key, label, options, value, changed) {
    const row = make("div", { class: "control" });
    const id = `c-${key.replace(".", "-")}`;
    const select = make("select", { id, "data-key": key });
    for (const option of options.includes(value) ? options : [value, ...options]) select.append(make("option", {}, String(option)));
    select.value = String(value);
    select.addEventListener("change", () => changed(options.find((option) => String(option) === select.value)));
    row.append(make("label", { for: id }, label), select);
    return row;
  }

  slider(field, value, changed) {
    const row = make("div", { class: "control" });
    const id = `c-${field.key.replace(".", "-")}`;
    const number = make("input", { type: "number", id, step: "any", "data-key": field.key });
    const range = make("input", { type: "range", "aria-label": `${field.label}, slider`, min: 0, max: 1000, step: 1, "data-slider": field.key });
    const place = (x) => 1000 * (field.log ? Math.log(x / field.min) / Math.log(field.max / field.min) : (x - field.min) / (field.max - field.min));
    const at = (t) => {
      const raw = field.log ? field.min * (field.max / field.min) ** (t / 1000) : field.min + (t / 1000) * (field.max - field.min);
      return Number((Math.round(raw / field.step) * field.step).toFixed(6));
    };
    const known = typeof value === "number";
    number.value = known ? Number(value.toPrecision(9)) : "";
    range.value = known ? Math.min(1000, Math.max(0, place(Math.max(value, field.log ? 1e-9 : value)))) : 0;
    range.addEventListener("input", () => {
      number.value = at(Number(range.value));
      number.classList.remove("bad");
      changed(Number(number.value));
    });
    number.addEventListener("input", () => {
      const typed = Number(number.value);
      const good = number.value !== "" && Number.isFinite(typed);
      number.classList.toggle("bad", !good);
      if (!good) return;
      range.value = place(typed);
      changed(typed);
    });
    row.append(make("label", { for: id }, field.label), number, range);
    return row;
  }
}
