"""The parts of a report, as tables of words: what went in, what was found, how sure it is, how it was made."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..visualise.loss_budget import CHANNELS, loss_shares


@dataclass(frozen=True)
class Table:
    """One table of a report.

    Attributes
    ----------
    caption : str
    head : tuple of str
        Column names with their units.
    rows : tuple of tuple of str
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def number(value: Any, digits: int = 5) -> str:
    """A number in few digits, a dash where there is none."""
    if value is None:
        return "-"
    if isinstance(value, bool | str):
        return str(value)
    return f"{float(value):.{digits}g}"


def with_error(value: float, error: float) -> str:
    """A value to the digits that its error allows, with the error."""
    if not math.isfinite(error) or error <= 0:
        return f"{value:.9g}"
    decimals = min(max(0, 1 - math.floor(math.log10(error))), 12)
    return f"{value:.{decimals}f} ± {error:.1e}"


def input_table(design: Mapping[str, Any]) -> Table:
    """Every key of the design, as it was read."""
    rows: list[tuple[str, ...]] = []
    for table, keys in design.items():
        if isinstance(keys, Mapping):
            rows += [(f"{table}.{key}", _plain(value)) for key, value in keys.items()]
        else:
            rows.append((table, _plain(keys)))
    return Table("Design, as it was read", ("key", "value"), tuple(rows))


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {_plain(inner)}" for key, inner in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_plain(inner) for inner in value)
    return str(value)


def mode_table(modes: Sequence[Mapping[str, Any]]) -> Table:
    """Identity and place of each mode, with error bars."""
    head = ("mode", "wavelength (nm)", "n_eff", "group index", "FSR (nm)", "E_z (%)", "E_r (%)", "E_φ (%)", "asked")
    rows = tuple(
        (
            mode["label"],
            with_error(mode["wavelength_nm"], mode["wavelength_error_nm"]),
            number(mode["n_eff"], 6),
            number(mode.get("group_index"), 5),
            number(mode.get("fsr_nm"), 5),
            *(number(100 * mode["energy_fraction"][axis], 4) for axis in ("axial", "radial", "azimuthal")),
            "met" if mode.get("accuracy_met", True) else "missed",
        )
        for mode in modes
    )
    return Table("Modes (polarisation, m, p, q; TM: E along the fibre axis)", head, rows)


def confinement_table(modes: Sequence[Mapping[str, Any]]) -> Table:
    """Share of the energy by region, and mode volume."""
    regions = list(dict.fromkeys(name for mode in modes for name in mode["confinement"]))
    head = ("mode", *(f"in {name} (%)" for name in regions), "error (%)", "mode volume (µm³)")
    rows = tuple(
        (
            mode["label"],
            *(_percent(mode["confinement"].get(name)) for name in regions),
            number(100 * mode.get("confinement_error", math.nan), 1),
            number(mode["mode_volume_um3"]),
        )
        for mode in modes
    )
    return Table("Share of the energy by region (the surround up to the outer caustic)", head, rows)


def _percent(share: float | None) -> str:
    return number(None if share is None else 100 * share, 6)


def loss_table(modes: Sequence[Mapping[str, Any]]) -> Table:
    """The loss budget: log10 Q by channel, and its share of the total loss."""
    head = ("mode", *(f"log10 Q {name} (share)" for name in CHANNELS), "log10 Q total", "line width (nm)")
    rows = []
    for mode in modes:
        shares = loss_shares(dict(mode["log10_q"]))
        cells = []
        for name in CHANNELS:
            value = mode["log10_q"].get(name)
            error = mode.get("log10_q_radiation_error") if name == "radiation" else None
            words = with_error(value, error) if value is not None and error else number(value)
            cells.append(words if value is None else f"{words} ({100 * shares[name]:.3g} %)")
        total = mode["log10_q"].get("total")
        rows.append((mode["label"], *cells, number(total), number(mode.get("linewidth_nm"), 3)))
    return Table("Loss budget, 1/Q = sum of 1/Q by channel", head, tuple(rows))


_OUTCOMES = (
    ("regime", "regime"),
    ("modes_lasing", "modes that lase"),
    ("side_mode_suppression_db", "side-mode suppression (dB)"),
    ("single_mode_probability", "probability of a single mode over the comb's place"),
)
_THRESHOLDS = (
    ("gain_equals_loss", "gain equals loss (mJ/cm²)"),
    ("ase", "first break of the light curve, ASE (mJ/cm²)"),
    ("lasing", "second break, lasing threshold (mJ/cm²)"),
)


def lasing_table(lasing: Mapping[str, Any]) -> Table:
    """Regime, thresholds named apart, slopes."""
    rows = [(words, number(lasing.get(key), 4)) for key, words in _OUTCOMES]
    thresholds = lasing.get("threshold_mj_cm2") or {}
    rows += [(words, number(thresholds.get(key), 4)) for key, words in _THRESHOLDS]
    slopes = ", ".join(number(slope, 3) for slope in lasing.get("slopes") or ()) or "-"
    return Table("Lasing", ("outcome", "value"), (*rows, ("slopes of the light curve", slopes)))


def per_mode_table(lasing: Mapping[str, Any]) -> Table:
    """What the gain does to each mode."""
    head = ("mode", "wavelength (nm)", "threshold gain (cm⁻¹)", "in the doped region (%)", "share of output (%)")
    rows = tuple(
        (
            mode["label"],
            number(mode["wavelength_nm"], 8),
            number(mode["threshold_gain_per_cm"], 4),
            _percent(mode["confinement"]),
            number(None if mode["output_share"] is None else 100 * mode["output_share"], 3),
        )
        for mode in lasing.get("per_mode") or ()
    )
    return Table("Modes under the gain", head, rows)


def origin_table(design: Mapping[str, Any], lasing: Mapping[str, Any] | None) -> Table:
    """What was computed from the design alone, and what rests on a fit to measurements."""
    rows = [
        ("wavelength, n_eff, FSR, group index", "computed", "vector eigenproblem on the cavity's section"),
        ("confinement, mode volume", "computed", "integrals of the solved field"),
        ("Q by radiation", "computed", "from the solved field; logarithm, no floor"),
        ("Q by absorption", "computed from data", "extinction of the media, weighted by the energy in each"),
        ("Q by scattering", "computed from input", "roughness and correlation length of the design file"),
        ("indices", "measured data", "see the references of the media"),
    ]
    if lasing is not None:
        quality = (design.get("lasing") or {}).get("quality", "budget")
        empirical = quality != "budget"
        note = f"lasing.quality = {_plain(quality)}: overrides the solved budget" if empirical else "the solved budget"
        rows.append(("Q that the lasing model uses", "fitted or given" if empirical else "computed", note))
        noted = lasing.get("calibrations")
        for name, words in (noted if isinstance(noted, Mapping) else {}).items():
            kind, _, why = str(words).partition(": ")
            rows.append((str(name), kind, why))
        rows.append(("thresholds, slopes, regime, output shares", "computed", "rate equations on the solved comb"))
    return Table("What was computed and what was fitted", ("quantity", "origin", "how"), tuple(rows))


def provenance_table(results: Mapping[str, Any]) -> Table:
    """Versions, machine and wall times."""
    rows = [("finished", number(results.get("finished"))), ("design file", number(results.get("design_file")))]
    rows += [(f"version of {name}", str(one)) for name, one in (results.get("versions") or {}).items()]
    rows += [(name, str(one)) for name, one in (results.get("platform") or {}).items()]
    rows += [(f"wall time, {name} (s)", number(one, 3)) for name, one in (results.get("seconds") or {}).items()]
    inner = (results.get("modes") or {}).get("seconds") or {}
    rows += [(f"wall time of the solver, {name} (s)", number(one, 3)) for name, one in inner.items()]
    return Table("Provenance", ("item", "value"), tuple(rows))


def all_warnings(results: Mapping[str, Any]) -> list[str]:
    """Every warning of the solver and of the lasing model, and what the count of modes says."""
    modes, lasing = results.get("modes") or {}, results.get("lasing") or {}
    found = [str(one) for one in (*modes.get("warnings", ()), *lasing.get("warnings", ()))]
    if modes.get("complete") is False:
        found.append("no count of eigenvalues certifies that the list of modes is complete")
    missed = [mode["label"] for mode in modes.get("modes", ()) if not mode.get("accuracy_met", True)]
    if missed:
        found.append(f"asked accuracy missed by {', '.join(missed)}")
    return found
