// What each card says, in two sentences, with the way to the page that says more.

// Keys are the ids of cards, and the names of the boxes of the answer.
export const HELP = {
  verdict: "How many modes lase at the chosen fluence, all of them competing for the same emitters. A mode counts if its output is within 10 dB of the strongest one's (`lasing.single_mode_db` sets another limit).",
  chance: "A change of the size by a hundredth of a micrometre moves the comb of modes under the gain line, and no cavity is made that exactly. This is the share of all places of the comb at which one mode lases alone.",
  suppression: "How much more the strongest mode emits than the next one, in decibels: 20 dB are a factor of 100. It is told of a spectrum accumulated over many shots, with the noise from which each mode starts.",
  threshold: "The lasing threshold is where each further excitation gives half as many laser photons as it does at best. The strongest mode's gain equals its loss somewhat earlier.",
  fsr: "The distance to the next mode of the same family (the free spectral range). The wider it is, the fewer modes lie under the gain line.",
  collected: "The share of the light that the mode sends out which the objective takes, from its radiation and from what a rough rim scatters. It does not count what the objective itself loses.",
  doublet: "In a cavity that is not quite round the two senses of rotation mix, and one line becomes two: this is their distance, and how far their middle lies from the line of the round cavity. The table of modes has the Q of both.",
  sensor: "How far the line moves when the index of the region of [sensing] changes by one. The table of modes has the figure of merit and the least change that is seen.",
  guide: "Light that goes along the guide is partly lost in the cavity where it is resonant: this share arrives at the other end. Where the guide takes as much as the cavity loses by itself, nothing arrives.",
  quality: "How many periods the light stays, times 2 pi: from radiation, absorption and the roughness of the rim, as solved. The laser may be computed with another Q, which 'Q for lasing' sets; both are told.",
  scan: "Each column is a cavity of another size, solved and pumped at each fluence. The curve beside the map is the chance of a single mode, which is what to design for.",
  study: "Points of a stored study; a click opens one as the design of this page. Crosses at the lower edge are points that failed: point at one to read why.",
  "cavity-card": "The section through the axis, to scale, with the chosen mode where it lives. The dimension that you move is marked.",
  "field-card": "The energy density or one component of the field in the half plane on one side of the axis. Full lines are surfaces, dashed ones the radii between which a ray of this mode runs.",
  "space-card": "The body in glass with the field of the chosen mode on its rim: red where it points along the positive direction, blue where against it. Periods that are narrower than two points of the screen are shown by their envelope.",
  "comb-card": "Each stem is a mode at its wavelength, as high as the gain there at the chosen fluence; the grey hill is the gain of the medium. Modes of one colour differ by their azimuthal order alone.",
  "light-card": "Emission against pump fluence on two logarithmic axes, with the slopes of the fitted power laws. A click sets the fluence at which everything else is told.",
  "modes-card": "All modes that were found in the range, with what limits each. The line above tells whether a count of the eigenvalues certifies that none is missing.",
};
export const WORDS = { verdict: "number of modes", chance: "chance of a single mode", suppression: "side-mode suppression", threshold: "threshold", fsr: "spacing", quality: "quality factor", collected: "light in the objective", doublet: "splitting", sensor: "sensitivity", guide: "transmission of the guide" };

export function questionMark(name, words, place) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "help", textContent: "?" });
  button.setAttribute("aria-label", `explain: ${words}`);
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => toggle(button, name, place()));
  return button;
}

function toggle(button, name, place) {
  const open = place.querySelector(":scope > .explained");
  const same = open && open.dataset.name === name;
  if (open) open.remove();
  for (const other of document.querySelectorAll(".help[aria-expanded=true]")) if (place.contains(other)) other.setAttribute("aria-expanded", "false");
  if (same) return;
  const box = document.createElement("p");
  box.className = "explained";
  box.dataset.name = name;
  const link = document.createElement("a");
  Object.assign(link, { href: `assets/help.html#${name}`, target: "_blank", rel: "noopener", textContent: "More in the documentation" });
  box.append(`${HELP[name]} `, link);
  button.setAttribute("aria-expanded", "true");
  const head = place.querySelector(":scope > h2, :scope > .ask");
  if (head) head.after(box);
  else place.append(box);
}

// A question mark beside the heading of every card.
export function wireHelp() {
  for (const card of document.querySelectorAll(".card")) {
    const heading = card.querySelector("h2");
    if (HELP[card.id]) heading.append(" ", questionMark(card.id, heading.firstChild.textContent.trim(), () => card));
  }
}
