// What a pump is told in: the fluence of pulses in mJ/cm², or the power of continuous light in µW.

import { getKey } from "./design.js";

export const isSteady = (design) => getKey(design, "pump.kind") === "continuous";

// The key that fixes where a design is pumped.
export const placeKey = (design) => (isSteady(design) ? "lasing.at_power_uw" : "lasing.at_fluence_mj_cm2");

// The places of a record's light curve, its thresholds, and where its regime is told.
export function pumpOf(lasing) {
  const curve = lasing.light_curve;
  if (lasing.pump_kind !== "continuous") return { name: "fluence", unit: "mJ/cm²", places: curve.fluence_mj_cm2, threshold: lasing.threshold_mj_cm2, here: lasing.regime_fluence_mj_cm2 };
  return { name: "power", unit: "µW", places: curve.power_uw, threshold: lasing.threshold_uw, here: lasing.regime_power_uw };
}
