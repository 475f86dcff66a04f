// The answer in a few numbers: how many modes lase where it is pumped, how sure that is, from which fluence.

import { HELP, WORDS, questionMark } from "./help.js";
import { number } from "./plot.js";
import { pumpOf } from "./pump.js";

// Modes that lase at a fluence, from the nearest point of the light curve; null outside it.
export function countAt(lasing, fluence) {
  const { places, threshold: { lasing: threshold } } = pumpOf(lasing);
  const counts = lasing.light_curve.modes_lasing;
  if (!counts || fluence > places.at(-1) * 1.02 || fluence < places[0] * 0.98) return null;
  if (threshold === null || fluence < threshold) return 0;
  const i = places.reduce((best, one, k) => (Math.abs(one - fluence) < Math.abs(places[best] - fluence) ? k : best), 0);
  return counts[i];
}

export function words(count) {
  if (count === null) return "outside the curve";
  if (count === 0) return "below threshold";
  return count === 1 ? "single mode" : `${count} modes`;
}

function ofLasing(lasing, fluence, waits) {
  const { unit, threshold, here: told } = pumpOf(lasing);
  const here = Math.abs(fluence / told - 1) < 1e-6;
  const count = here ? lasing.modes_lasing : countAt(lasing, fluence);
  const about = lasing.preview ? "≈ " : "";
  const part = threshold.lasing ? `, ${number(fluence / threshold.lasing, 3)} × threshold` : "";
  const sd = lasing.spread && (lasing.spread.threshold_sd_mj_cm2 || lasing.spread.threshold_sd_uw || {}).lasing;
  const spread = sd ? `, sd ${number(sd, 2)} by the spreads` : "";
  const drawn = lasing.calibrated;
  const ends = drawn && drawn.threshold_mj_cm2.lasing;
  const chance = drawn ? `; by the calibration ${ends ? `${number(ends.p16, 3)} to ${number(ends.p84, 3)} (68 %), ` : ""}lases in ${number(100 * drawn.lases_probability, 2)} % of the draws, in a single mode in ${number(100 * drawn.single_mode_probability, 2)} %` : "";
  const gain = threshold.gain_equals_loss === null ? "gain stays below loss" : `gain = loss at ${number(threshold.gain_equals_loss, 3)}`;
  return [
    { name: "verdict", value: words(count), words: `pumped at ${number(fluence, 3)} ${unit}${part}`, kind: count === 1 ? "single" : count ? "several" : "dark", waits },
    { name: "chance", value: lasing.preview || !here ? "…" : lasing.single_mode_probability === null ? "–" : `${number(100 * lasing.single_mode_probability, 2)} %`, words: "chance of a single mode, as the exact size is never known", waits },
    { name: "suppression", value: here && lasing.side_mode_suppression_db !== null ? `${number(lasing.side_mode_suppression_db, 3)} dB` : "–", words: "strongest mode over the next", waits },
    { name: "threshold", value: threshold.lasing === null ? "none" : `${about}${number(threshold.lasing, 3)} ${unit}`, words: `lasing threshold${spread}${chance}; ${gain}`, waits },
  ];
}

function ofMode(mode, lasing) {
  const used = lasing && (lasing.per_mode || []).find((one) => one.label === mode.label);
  const solved = mode.log10_q.total === null ? "no loss" : mode.log10_q.total > 15 ? `10^${number(mode.log10_q.total, 4)}` : number(10 ** mode.log10_q.total, 4);
  const lases = used && used.q_passive ? `; lasing uses ${number(used.q_passive, 3)}` : "";
  const collected = mode.collected === undefined || mode.collected === null ? [] : [{ name: "collected", value: `${number(100 * mode.collected, 3)} %`, words: `of the light of ${mode.label} enters the objective` }];
  const { deviation, sensing } = mode;
  const doublet = deviation ? [{ name: "doublet", value: `${number(deviation.splitting_pm, 3)} pm`, words: `splitting of ${mode.label}, not quite round; its shift is ${number(deviation.shift_pm, 3)} pm` }] : [];
  const sensor = sensing ? [{ name: "sensor", value: `${number(sensing.bulk_nm_per_riu, 3)} nm`, words: `shift of ${mode.label} for each unit of the index of the ${sensing.region}` }] : [];
  const passes = mode.transmission === undefined || mode.transmission === null ? [] : [{ name: "guide", value: `${number(100 * mode.transmission, 3)} %`, words: `of the guide's light passes on resonance of ${mode.label}${mode.critical_gap_um ? `; none at a gap of ${number(mode.critical_gap_um, 3)} µm` : ""}` }];
  return [
    { name: "fsr", value: mode.fsr_nm === null ? "–" : `${number(mode.fsr_nm, 4)} nm`, words: `spacing of ${mode.polarisation} p=${mode.p} q=${mode.q}` },
    { name: "quality", value: solved, words: `solved Q of ${mode.label}${lases}` },
    ...collected,
    ...doublet,
    ...sensor,
    ...passes,
  ];
}

// lasing: the record or null; why: words in its place; fluence: where it is pumped; waits: whether a newer answer is on its way.
export function showAnswer(place, { lasing, why, fluence, waits, mode }) {
  const items = lasing ? ofLasing(lasing, fluence, waits) : why ? [{ name: "verdict", value: "no light curve", words: why, kind: "dark" }] : [];
  if (mode) items.push(...ofMode(mode, lasing));
  // an explanation that is open stays so
  const opened = place.querySelector(":scope > .explained");
  place.replaceChildren(...items.map((item) => {
    const box = document.createElement("div");
    box.dataset.name = item.name;
    if (item.kind) box.dataset.kind = item.kind;
    box.classList.toggle("stale", item.waits === true);
    const [big, small] = [document.createElement("b"), document.createElement("span")];
    big.textContent = item.value;
    small.textContent = item.words;
    box.append(big, small);
    if (HELP[item.name]) {
      const mark = questionMark(item.name, WORDS[item.name], () => place);
      mark.setAttribute("aria-expanded", String(opened !== null && opened.dataset.name === item.name));
      box.append(mark);
    }
    return box;
  }));
  if (opened) place.append(opened);
}
