// The media of body, fibre, surround, shells and the regions of a section: by name, by index, or dots in a host.

import { getKey } from "./design.js";

const INDEX = "an index";
const DOTS = "dots in a host";
const NO_DRAWS = "none";

function kindOf(medium) {
  if (medium === undefined) return "air";
  if (typeof medium === "string") return medium;
  if (medium.host) return DOTS;
  if (medium.index !== undefined) return INDEX;
  return medium.name || medium.file || medium.database || "as in the file";
}

// index: where the slider starts
function made(kind, index) {
  if (kind === INDEX) return { index };
  if (kind === DOTS) return { host: "PMMA", inclusion: "CsPbBr3", volume_fraction: 0.01 };
  return kind;
}

// One medium that a table of the design holds under a name.
function oneMedium(controls, set, table, name, path, label, [start, most] = [1.495, 3.6]) {
  const medium = table[name];
  const kind = kindOf(medium);
  controls.covered.add(path);
  for (const key of ["name", "index", "host", "inclusion", "volume_fraction"]) controls.covered.add(`${path}.${key}`);
  set.append(controls.choice({ key: path, label, options: [INDEX, DOTS, ...controls.start.materials], hint: `medium of the ${label}` }, kind, (value) => {
    table[name] = made(value, start);
    controls.show(controls.design);
    controls.changed(path);
  }));
  const slider = (key, words, low, high, step, factor) => set.append(controls.slider({ key: `${path}.${key}`, label: words, min: low, max: high, step }, factor * getKey(medium, key), (value) => {
    if (typeof medium[key] === "object") medium[key].value = value / factor;
    else medium[key] = value / factor;
    controls.changed(path);
  }));
  if (kind === INDEX) slider("index", "index", 1, most, 0.001, 1);
  if (kind === DOTS) slider("volume_fraction", "dot fraction (%)", 0, 10, 0.05, 100);
}

function shells(controls, set) {
  const { cavity } = controls.design;
  const list = cavity.coatings || [];
  list.forEach((shell, i) => {
    controls.covered.add(`cavity.coatings[${i}].name`);
    controls.covered.add(`cavity.coatings[${i}].thickness_um`);
    oneMedium(controls, set, shell, "material", `cavity.coatings[${i}].material`, `${shell.name} (shell)`);
    set.append(controls.slider({ key: `cavity.coatings[${i}].thickness_um`, label: "thickness (µm)", min: 0.01, max: 10, step: 0.01, log: true }, getKey(shell, "thickness_um"), (value) => {
      if (typeof shell.thickness_um === "object") shell.thickness_um.value = value;
      else shell.thickness_um = value;
      controls.changed("cavity.coatings");
    }));
  });
  const button = (words, act) => {
    const button_ = document.createElement("button");
    button_.type = "button";
    button_.textContent = words;
    button_.addEventListener("click", () => {
      act();
      if (!cavity.coatings.length) delete cavity.coatings;
      controls.show(controls.design);
      controls.changed("cavity.coatings");
    });
    return button_;
  };
  const row = document.createElement("p");
  row.className = "note";
  row.append(button("Add a shell on the fibre", () => { cavity.coatings = [...list, { name: `shell${list.length + 1}`, thickness_um: 0.5, material: { index: 1.45 } }]; }));
  if (list.length) row.append(" ", button("Remove", () => { cavity.coatings = list.slice(0, -1); }));
  set.append(row);
}

export function mediaControls(controls, set) {
  const { cavity, gain } = controls.design;
  oneMedium(controls, set, cavity, "body", "cavity.body", "body");
  if (getKey(cavity, "fibre_diameter_um") > 0 || (cavity.fibre !== undefined && cavity.profile === "section")) {
    oneMedium(controls, set, cavity, "fibre", "cavity.fibre", "fibre");
    if (cavity.profile !== "section") shells(controls, set);
  } else controls.covered.add("cavity.fibre");
  oneMedium(controls, set, cavity, "surround", "cavity.surround", "surround", [1.0, 2.0]);
  for (const name of Object.keys(cavity.materials || {})) oneMedium(controls, set, cavity.materials, name, `cavity.materials.${name}`, name);
  const drawn = [...controls.calibrations];
  if (gain && gain.samples && !drawn.includes(gain.samples)) drawn.unshift(gain.samples);
  if (drawn.length) {
    controls.covered.add("gain.samples");
    set.append(controls.choice({ key: "gain.samples", label: "calibration", options: [NO_DRAWS, ...drawn], hint: "draws of calibrated constants: bands of the light curve, intervals of the threshold" }, (gain && gain.samples) || NO_DRAWS, (value) => {
      const { samples, ...rest } = controls.design.gain || {};
      controls.design.gain = value === NO_DRAWS ? rest : { ...rest, samples: value };
      controls.changed("gain.samples");
    }));
  }
  if (gain === undefined || gain.kind === undefined) {
    controls.covered.add("gain.medium");
    set.append(controls.choice({ key: "gain.medium", label: "gain medium", options: controls.start.gain_media, hint: "the emitters" }, (gain || {}).medium || controls.start.gain_media[0], (value) => {
      controls.design.gain = { ...(controls.design.gain || {}), medium: value };
      controls.changed("gain.medium");
    }));
  }
}
