// What a researcher may move: one entry for each key of the design file that has a control.

import { getKey } from "./design.js";
import { isSteady } from "./pump.js";

const isOne = (...profiles) => (design) => profiles.includes(design.cavity.profile);
const has = (name) => (design) => design.cavity[name] !== undefined;
const given = (table) => (design) => design[table] !== undefined;
const isOutline = (design) => design.cavity.profile !== "section";
const deviates = (design) => isOutline(design) && design.cavity.deviation !== undefined;
const leans = (design) => deviates(design) && getKey(design, "cavity.fibre_diameter_um") > 0;
const pulses = (design) => !isSteady(design);
const pumped = { source: "pump.fluence_mj_cm2", ends: [1, 6], when: pulses };
const powered = { source: "pump.power_uw", ends: [1, 1000], when: isSteady };

const FIELDS = [
  { group: "Cavity", key: "cavity.profile", label: "outline", hint: "shape of the meridian" },
  { group: "Cavity", key: "cavity.diameter_um", label: "diameter (µm)", min: 4, max: 130, step: 0.1, log: true, when: (design) => isOutline(design) && (design.cavity.profile !== "droplet" || has("diameter_um")(design)) && design.cavity.profile !== "outline", hint: "outer diameter at the equator" },
  { group: "Cavity", key: "keepShape", label: "keep the shape", toggle: true, when: isOne("parabola", "cosine", "spheroid", "droplet"), hint: "axial radius, length and fibre scale with the diameter" },
  { shape: true },
  { group: "Cavity", key: "parameters", when: has("parameters") },
  { group: "Cavity", key: "cavity.fibre_diameter_um", label: "fibre ⌀ (µm)", min: 0, max: 60, step: 0.1, fallback: 0, when: isOutline, hint: "diameter of the fibre inside; 0: none" },
  { group: "Cavity", key: "cavity.fibre_taper", label: "fibre taper", min: -0.1, max: 0.1, step: 0.001, when: (design) => isOutline(design) && (design.cavity.fibre_diameter_um || 0) !== 0, fallback: 0, hint: "slope d(radius)/dz of the fibre, a pure number" },
  { group: "Pump", key: "fluence", label: "fluence (mJ/cm²)", min: 0.001, max: 20, step: 0.01, log: true, when: pulses, hint: "where the number of modes is told; automatic: 1.1 times the threshold" },
  { group: "Pump", key: "fluence", label: "power (µW)", min: 0.001, max: 1e6, step: 0.01, log: true, when: isSteady, hint: "where the number of modes is told; automatic: 1.1 times the threshold" },
  { group: "Pump", key: "automatic", label: "at 1.1 × threshold", toggle: true, hint: "follow the threshold" },
  { group: "Pump", key: "pump.photons", label: "photons absorbed", options: [1, 2, 3], fallback: 3, when: pulses, hint: "for one excitation; another number brings the wavelength and the fluences usual for it" },
  { group: "Pump", key: "pump.wavelength_nm", label: "wavelength (nm)", min: 350, max: 1800, step: 5, fallback: 1500, hint: "wavelength of the pump" },
  { group: "Pump", key: "range.low", label: "lowest (mJ/cm²)", min: 0.001, max: 10, step: 0.05, log: true, fallback: 1, hint: "lowest fluence of the light curve", ...pumped },
  { group: "Pump", key: "range.high", label: "highest (mJ/cm²)", min: 0.01, max: 20, step: 0.05, log: true, fallback: 6, hint: "highest fluence of the light curve", ...pumped },
  { group: "Pump", key: "range.low", label: "lowest (µW)", min: 0.001, max: 1e5, step: 0.05, log: true, hint: "lowest power of the light curve", ...powered },
  { group: "Pump", key: "range.high", label: "highest (µW)", min: 0.01, max: 1e6, step: 0.05, log: true, hint: "highest power of the light curve", ...powered },
  { group: "Pump", key: "pump.absorbed_share", label: "absorbed share", min: 0.001, max: 1, step: 0.001, log: true, fallback: 1, when: isSteady, hint: "of the power, by emitters at rest; 1: powers are absorbed ones" },
  { group: "Media", key: "media" },
  { group: "Losses", key: "quality", label: "Q for lasing" },
  { group: "Losses", key: "cavity.roughness_nm", label: "roughness (nm)", min: 0, max: 30, step: 0.1, fallback: 0, hint: "r.m.s. roughness of the rim" },
  { group: "Losses", key: "cavity.correlation_nm", label: "correlation (nm)", min: 10, max: 500, step: 5, fallback: 100, hint: "correlation length of the roughness" },
  { group: "Objective", key: "objective", label: "sees the cavity", toggle: true, hint: "an objective takes a share of the light of each mode" },
  { group: "Objective", key: "collection.numerical_aperture", label: "aperture NA", min: 0.05, max: 1, step: 0.01, fallback: 0.5, when: (design) => design.collection !== undefined, hint: "n sin(half angle) in the surround" },
  { group: "Objective", key: "collection.direction", label: "looks", options: ["across", "along"], fallback: "across", when: (design) => design.collection !== undefined, hint: "across the fibre, or along it" },
  { group: "Objective", key: "collection.polariser", label: "polariser", options: ["none", "axial", "azimuthal"], fallback: "none", when: (design) => design.collection !== undefined, hint: "axial passes E in the plane of fibre and objective, azimuthal E across it" },
  { group: "Not quite round", key: "deviation", label: "shift and splitting", toggle: true, when: isOutline, hint: "what an elliptic section or a fibre off its axis does to each mode; takes a second or more for each mode" },
  { group: "Not quite round", key: "cavity.deviation.ellipticity", label: "ellipticity", min: 0, max: 0.02, step: 0.0001, fallback: 0, when: deviates, hint: "longest less shortest diameter of each section over their mean" },
  { group: "Not quite round", key: "cavity.deviation.fibre_offset_um", label: "fibre offset (µm)", min: 0, max: 1, step: 0.01, fallback: 0, when: leans, hint: "of the fibre from the axis of the outline" },
  { group: "Not quite round", key: "cavity.deviation.fibre_tilt_deg", label: "fibre tilt (°)", min: 0, max: 2, step: 0.01, fallback: 0, when: leans, hint: "angle between the fibre and the axis of the outline" },
  { group: "Not quite round", key: "cavity.deviation.particle.radius_nm", label: "particle (nm)", min: 0, max: 100, step: 1, when: (design) => deviates(design) && design.cavity.deviation.particle !== undefined, hint: "radius of the particle on the rim" },
  { group: "Sensor", key: "sensor", label: "measures the surround", toggle: true, hint: "how far each line moves with the index of the surround, and with a layer on the rim" },
  { group: "Sensor", key: "sensing.layer_nm", label: "layer (nm)", min: 0, max: 50, step: 0.1, fallback: 0, when: given("sensing"), hint: "thickness of the adsorbed layer" },
  { group: "Guide beside", key: "guide", label: "tapered fibre", toggle: true, hint: "a silica taper beside the rim takes light out; the Q of each mode is that of the loaded cavity" },
  { group: "Guide beside", key: "coupling.diameter_um", label: "taper ⌀ (µm)", min: 0.3, max: 5, step: 0.01, when: (design) => given("coupling")(design) && design.coupling.kind === "taper", hint: "diameter of the taper where it passes the cavity" },
  { group: "Guide beside", key: "coupling.gap_um", label: "gap (µm)", min: 0, max: 3, step: 0.01, fallback: 0, when: given("coupling"), hint: "between the rim and the guide of the design; the Q of each mode is that of the loaded cavity" },
  { group: "Temperature", key: "warmth", label: "of its own", toggle: true, hint: "indices and lengths at a temperature, and the shift of each line in pm/K" },
  { group: "Temperature", key: "temperature.temperature_k", label: "temperature (K)", min: 253, max: 333, step: 0.5, when: given("temperature"), hint: "of cavity and gain; the library's coefficients hold from 253 to 333 K" },
  { group: "Modes shown", key: "modes.polarisation", label: "polarisation", options: ["TM", "TE", "both"], fallback: "TM", hint: "TM: E along the fibre axis" },
  { group: "Modes shown", key: "modes.wavelength_nm", label: "centre (nm)", min: 450, max: 1600, step: 0.1, log: true, hint: "centre of the range of wavelengths" },
  { group: "Modes shown", key: "modes.span_nm", label: "span (nm)", min: 1, max: 40, step: 0.5, fallback: 10, when: (design) => design.modes.azimuthal_order === undefined, hint: "width of the range" },
  { group: "Modes shown", key: "modes.azimuthal_order", label: "order m", min: 5, max: 1500, step: 1, log: true, when: (design) => design.modes.azimuthal_order !== undefined, hint: "this azimuthal order only" },
  { group: "Modes shown", key: "modes.radial_orders", label: "radial orders p", min: 1, max: 5, step: 1, fallback: 1, hint: "radial orders p = 1, 2, ... that compete" },
  { group: "Modes shown", key: "modes.axial_orders", label: "axial orders q", min: 1, max: 8, step: 1, fallback: 1, hint: "axial orders q = 0, 1, ... that compete" },
];

// The controls of the outlines' own keys, each where a profile of the design has it.
function ofShapes(profiles) {
  const found = new Map();
  for (const { name, controls } of profiles) {
    for (const control of controls) {
      if (!found.has(control.key)) found.set(control.key, { control, names: [] });
      found.get(control.key).names.push(name);
    }
  }
  return [...found.values()].map(({ control, names }) => ({
    group: "Cavity",
    ...control,
    options: control.options ?? undefined,
    fallback: control.fallback ?? undefined,
    when: (design) => isOne(...names)(design) && (!control.only_given || has(control.key.replace("cavity.", ""))(design)),
  }));
}

// All fields; profiles: the outlines as the server tells them.
export function fieldsOf(profiles) {
  const offered = profiles.filter((one) => one.offered).map((one) => one.name);
  return FIELDS.flatMap((field) => {
    if (field.shape) return ofShapes(profiles);
    return [field.key === "cavity.profile" ? { ...field, options: offered } : field];
  });
}
