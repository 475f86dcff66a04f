// What a researcher may move: one entry for each key of the design file that has a control.

const isOne = (...profiles) => (design) => profiles.includes(design.cavity.profile);
const has = (name) => (design) => design.cavity[name] !== undefined;
const isOutline = (design) => design.cavity.profile !== "section";
const pumped = "pump.fluence_mj_cm2";

export const PROFILES = ["parabola", "cosine", "spheroid", "droplet"];

export const FIELDS = [
  { group: "Cavity", key: "cavity.profile", label: "outline", options: PROFILES, hint: "shape of the meridian" },
  { group: "Cavity", key: "cavity.diameter_um", label: "diameter (µm)", min: 4, max: 130, step: 0.1, log: true, when: (design) => isOutline(design) && (design.cavity.profile !== "droplet" || has("diameter_um")(design)) && design.cavity.profile !== "outline", hint: "outer diameter at the equator" },
  { group: "Cavity", key: "keepShape", label: "keep the shape", toggle: true, when: isOne("parabola", "cosine", "spheroid", "droplet"), hint: "axial radius, length and fibre scale with the diameter" },
  { group: "Cavity", key: "cavity.axial_radius_um", label: "axial radius (µm)", min: 5, max: 1000, step: 0.5, log: true, when: isOne("parabola", "cosine"), hint: "radius of curvature of the outline at the equator" },
  { group: "Cavity", key: "cavity.polar_radius_um", label: "polar radius (µm)", min: 2, max: 200, step: 0.1, log: true, when: isOne("spheroid"), hint: "half height" },
  { group: "Cavity", key: "cavity.contact_angle_deg", label: "contact angle (°)", min: 1, max: 90, step: 0.5, when: has("contact_angle_deg"), hint: "of the drop on the fibre" },
  { group: "Cavity", key: "cavity.length_um", label: "length (µm)", min: 2, max: 500, step: 0.5, log: true, when: has("length_um"), hint: "wetted length of the drop" },
  { group: "Cavity", key: "cavity.volume_um3", label: "volume (µm³)", min: 50, max: 1e6, step: 10, log: true, when: has("volume_um3"), hint: "of the drop" },
  { group: "Cavity", key: "cavity.solid_fraction", label: "solid fraction", min: 0.05, max: 1, step: 0.01, when: isOne("droplet"), fallback: 1, hint: "share of the volume that stays when the drop dries" },
  { group: "Cavity", key: "cavity.contact_line", label: "contact line", options: ["pinned", "receding"], when: isOne("droplet"), fallback: "pinned", hint: "what drying keeps: the length, or the angle" },
  { group: "Cavity", key: "parameters", when: has("parameters") },
  { group: "Cavity", key: "cavity.fibre_diameter_um", label: "fibre ⌀ (µm)", min: 0, max: 60, step: 0.1, fallback: 0, when: isOutline, hint: "diameter of the fibre inside; 0: none" },
  { group: "Cavity", key: "cavity.fibre_taper", label: "fibre taper", min: -0.1, max: 0.1, step: 0.001, when: (design) => isOutline(design) && (design.cavity.fibre_diameter_um || 0) !== 0, fallback: 0, hint: "slope d(radius)/dz of the fibre, a pure number" },
  { group: "Pump", key: "fluence", label: "fluence (mJ/cm²)", min: 0.001, max: 20, step: 0.01, log: true, hint: "where the number of modes is told; automatic: 1.1 times the threshold" },
  { group: "Pump", key: "automatic", label: "at 1.1 × threshold", toggle: true, hint: "follow the threshold" },
  { group: "Pump", key: "pump.photons", label: "photons absorbed", options: [1, 2, 3], fallback: 3, hint: "for one excitation; another number brings the wavelength and the fluences usual for it" },
  { group: "Pump", key: "pump.wavelength_nm", label: "wavelength (nm)", min: 350, max: 1800, step: 5, fallback: 1500, hint: "wavelength of the pump" },
  { group: "Pump", key: "range.low", label: "lowest (mJ/cm²)", min: 0.001, max: 10, step: 0.05, log: true, fallback: 1, hint: "lowest fluence of the light curve", source: pumped },
  { group: "Pump", key: "range.high", label: "highest (mJ/cm²)", min: 0.01, max: 20, step: 0.05, log: true, fallback: 6, hint: "highest fluence of the light curve", source: pumped },
  { group: "Media", key: "media" },
  { group: "Losses", key: "quality", label: "Q for lasing" },
  { group: "Losses", key: "cavity.roughness_nm", label: "roughness (nm)", min: 0, max: 30, step: 0.1, fallback: 0, hint: "r.m.s. roughness of the rim" },
  { group: "Losses", key: "cavity.correlation_nm", label: "correlation (nm)", min: 10, max: 500, step: 5, fallback: 100, hint: "correlation length of the roughness" },
  { group: "Modes shown", key: "modes.polarisation", label: "polarisation", options: ["TM", "TE", "both"], fallback: "TM", hint: "TM: E along the fibre axis" },
  { group: "Modes shown", key: "modes.wavelength_nm", label: "centre (nm)", min: 450, max: 1600, step: 0.1, log: true, hint: "centre of the range of wavelengths" },
  { group: "Modes shown", key: "modes.span_nm", label: "span (nm)", min: 1, max: 40, step: 0.5, fallback: 10, when: (design) => design.modes.azimuthal_order === undefined, hint: "width of the range" },
  { group: "Modes shown", key: "modes.azimuthal_order", label: "order m", min: 5, max: 1500, step: 1, log: true, when: (design) => design.modes.azimuthal_order !== undefined, hint: "this azimuthal order only" },
  { group: "Modes shown", key: "modes.radial_orders", label: "radial orders p", min: 1, max: 5, step: 1, fallback: 1, hint: "radial orders p = 1, 2, ... that compete" },
  { group: "Modes shown", key: "modes.axial_orders", label: "axial orders q", min: 1, max: 8, step: 1, fallback: 1, hint: "axial orders q = 0, 1, ... that compete" },
];
