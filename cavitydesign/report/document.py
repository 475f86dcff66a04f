"""The report as a sequence of blocks, the same for the page and for the sheets of paper."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..columns.cell_text import typeset_words
from ..columns.plain_words import lasing_in_words, modes_in_words, rests_on
from . import audit, sections
from .references import Reference, references_of
from .sections import short_number

CAPTIONS = {
    "cavity": "The cavity's own section with its fibre, as the design gives it.",
    "field": (
        "Computed energy density of the strongest mode in the meridian plane, scaled to its "
        "maximum; full line: surfaces; dashed: radial caustics r = m/(k n); dotted: axial turning "
        "points of the adiabatic picture."
    ),
    "cuts": (
        "The same mode, computed, along the radius (with the solver's energy share of each region) "
        "and along the rim."
    ),
    "comb": (
        "a: the computed modes at their wavelengths under the gain curve at the fluence of the "
        "regime (its constants: see what was fitted), labelled polarisation m p q; TM: E along the "
        "fibre axis. b: computed quality factors; a full dot: all losses together, an open mark: "
        "one loss."
    ),
    "loss_budget": (
        "a: computed share of each loss channel in 1/Q. b: Q of each channel and of all together; "
        "a channel that lies above the axis takes less than 1e-6 of the loss."
    ),
    "coupling": (
        "a: computed Q by the guide beside the cavity, without it, and of both together, against "
        "the gap. b: share of the guide's light that passes on resonance."
    ),
    "dip": "Computed transmission of the guide about the resonance, at some gaps.",
    "emission": (
        "Computed light of the strongest mode by its angle from the fibre axis, in both "
        "polarisations; shaded: what the objective takes."
    ),
    "deviation": (
        "a: the computed lines of the strongest mode in the cavity that is not quite round, beside "
        "the line of the round one. b: the modes that the deviation mixes in."
    ),
    "light_curve": (
        "Light in, light out: computed points, and the piecewise power law fitted where the curve "
        "has breaks, with the standard errors of that fit."
    ),
    "output_shares": (
        "Computed share of each mode in the output at the fluence of the regime, and its threshold "
        "gain."
    ),
}


@dataclass(frozen=True)
class Heading:
    """A section begins."""

    text: str
    anchor: str


@dataclass(frozen=True)
class Words:
    """A paragraph; `strong` for what must not be overlooked."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Answers:
    """The answer in a few numbers: value and what it is."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Picture:
    """A figure by its name, with its caption."""

    name: str
    caption: str


@dataclass(frozen=True)
class Sources:
    """The references."""

    references: tuple[Reference, ...]

    @property
    def bibtex(self) -> str:
        """All entries."""
        return "\n\n".join(one.bibtex for one in self.references) + "\n"


Block = Heading | Words | Answers | Picture | Sources | sections.Table


def main_mode(
    modes: Mapping[str, Any], lasing: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """The mode with the largest share of the output, or the first."""
    listed = modes.get("modes") or ()
    share = {
        one["label"]: one.get("output_share") or 0.0 for one in (lasing or {}).get("per_mode") or ()
    }
    found: Mapping[str, Any] | None = max(
        listed, key=lambda mode: share.get(mode["label"], 0.0), default=None
    )
    return found


def _threshold_words(lasing: Mapping[str, Any]) -> str:
    """The name of the lasing threshold, with what spreads and a calibration leave in it."""
    spread = lasing.get("spread") or {}
    sd = (spread.get("threshold_sd_mj_cm2") or spread.get("threshold_sd_uw") or {}).get("lasing")
    words = "lasing threshold" + (f", sd {short_number(sd, 2)} (spreads)" if sd else "")
    drawn = ((lasing.get("calibrated") or {}).get("threshold_mj_cm2") or {}).get("lasing")
    if drawn is None:
        return words
    ends = " to ".join(short_number(drawn[name], 3) for name in ("p16", "p84"))
    return f"{words}, {ends} (68 %, calibration)"


def headline(
    modes: Mapping[str, Any], lasing: Mapping[str, Any] | None
) -> tuple[tuple[str, str], ...]:
    """The answer in a few numbers."""
    items = [(str(len(modes.get("modes") or ())), "modes found")]
    if lasing:
        key, pump_key, unit = sections.units_of(lasing)
        threshold, chance = (
            (lasing.get(key) or {}).get("lasing"),
            lasing.get("single_mode_probability"),
        )
        regime_pump = lasing.get(pump_key)
        at = "" if regime_pump is None else f" at {short_number(regime_pump, 3)} {unit}"
        items = [
            (str(lasing.get("regime")), f"regime{at}"),
            (
                "none" if threshold is None else f"{short_number(threshold, 3)} {unit}",
                _threshold_words(lasing),
            ),
            ("-" if chance is None else f"{100 * chance:.0f} %", "chance of a single mode"),
            *items,
        ]
    main = main_mode(modes, lasing)
    if main is not None:
        items.append((f"{short_number(main.get('fsr_nm'), 4)} nm", f"FSR of {main['label']}"))
        items.append(
            (
                short_number(main["log10_q"].get("total"), 3),
                f"solved log10 Q of {main['label']}",
            )
        )
    return tuple(items)


def title_of(results: Mapping[str, Any]) -> tuple[str, str]:
    """Title and subtitle."""
    design, modes = results.get("input") or {}, results.get("modes") or {}
    cavity = design.get("cavity", {})
    body = cavity.get("body")
    medium = body if isinstance(body, str) else ""
    if isinstance(body, Mapping) and "index" in body:
        medium = f"index {audit.plain(body['index'])}"
    of = f" of {medium}" if medium else ""
    kelvin = (design.get("temperature") or {}).get("temperature_k")
    warm = "" if kelvin is None else f" at {audit.plain(kelvin)} K"
    size = f"{short_number(modes.get('diameter_um'))} µm{warm}"
    told = "modes and losses" if results.get("lasing") is None else "modes, losses and lasing"
    title = f"Cavity of {size}: {told}"
    return title, f"{cavity.get('profile', 'cavity')}{of}, made by cavitydesign"


def document(results: Mapping[str, Any], figures: Collection[str] = ()) -> Iterator[Block]:
    """The blocks of a report in their order: the answer, what it rests on, what went in.

    Parameters
    ----------
    results : mapping
        The content of results.json: input, applied, versions, platform, seconds, modes, and lasing
        where it was computed.
    figures : collection of str
        Names of the pictures at hand; those without a place of their own follow the lasing.
    """
    design, modes, lasing = (
        results.get("input") or {},
        results.get("modes") or {},
        results.get("lasing"),
    )
    listed = modes.get("modes") or ()

    def pictures(*names: str) -> Iterator[Picture]:
        yield from (Picture(name, CAPTIONS[name]) for name in names if name in figures)

    yield Heading("Answer", "answer")
    told = modes_in_words(modes) if lasing is None else lasing_in_words(lasing)
    yield Words(typeset_words(told))
    yield Answers(headline(modes, lasing))
    yield Heading("Warnings", "warnings")
    warnings = audit.all_warnings(results)
    yield from (Words(typeset_words(one), strong=True) for one in warnings)
    if not warnings:
        yield Words("None.")
    yield Heading("Lasing", "lasing")
    if lasing is None:
        note = results.get("lasing_note")
        yield Words(f"Not computed: {note}." if note else "Not computed.")
    else:
        yield sections.lasing_table(lasing)
        yield from (Words(one) for one in filter(None, [rests_on(lasing)]))
        calibrated = sections.calibrated_table(lasing)
        if calibrated is not None:
            yield calibrated
        yield from pictures("light_curve")
        yield sections.per_mode_table(lasing)
        yield from pictures("output_shares")
    yield from (Picture(name, name) for name in figures if name not in CAPTIONS)
    yield Heading("Modes", "modes")
    yield Words(audit.count_words(modes))
    yield from pictures("cavity")
    yield sections.mode_table(listed)
    spreads = sections.spread_table(listed)
    if spreads is not None:
        yield spreads
    yield from pictures("field", "cuts")
    yield sections.confinement_table(listed)
    shifts = sections.shifts_table(listed)
    if len(shifts.head) > 1:
        yield shifts
    yield from pictures("comb")
    yield Heading("Losses", "losses")
    yield sections.loss_table(listed)
    quality = (design.get("lasing") or {}).get("quality", "budget")
    if lasing is not None and quality != "budget":
        yield Words(
            "These are the losses that were solved, with the line widths that follow from them. "
            f"The lasing model uses another Q (lasing.quality: {audit.plain(quality)}), which is "
            "told for each mode under Lasing."
        )
    yield from pictures("loss_budget", "coupling", "dip", "emission")
    yield from sections.further_tables(listed)
    yield from pictures("deviation")
    yield Heading("What was computed and what was fitted", "origin")
    yield audit.origin_table(results)
    yield Heading("Input", "input")
    yield audit.input_table(design)
    yield from (
        table
        for table in (audit.media_table(results), audit.default_table(results))
        if table is not None
    )
    yield Heading("References", "references")
    yield Sources(tuple(references_of(design, lasing is not None, results.get("applied"))))
    yield Heading("Provenance", "provenance")
    yield audit.provenance_table(results)
