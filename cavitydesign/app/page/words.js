// Sentences of the solver as the page shows them.

// Units and small powers with the signs of print, as in the report.
const typeset = (words) => words.replaceAll("mJ/cm2", "mJ/cm²").replaceAll(" uW", " µW").replaceAll("<N>", "⟨N⟩").replace(/\^(-?[0-9]+)(?![0-9]|\.[0-9])/g, (all, power) => power.replaceAll("-", "⁻").replace(/[0-9]/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]));

export function warn(id, lines) {
  document.getElementById(id).replaceChildren(...(lines || []).map((words) => Object.assign(document.createElement("span"), { textContent: typeset(words) })));
}
