"""The parts of a report, as tables of words: what went in, what was found, how sure it is, how it
was made.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..visualise.labels import TIMES, with_error
from ..visualise.loss_budget import CHANNELS, loss_shares

_LEAST_IN_UNIT = 0.1  # below it the next smaller unit is read more easily


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


_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def readable(value: Any, digits: int = 5) -> str:
    """A number as `number` tells it, with powers of ten set as a reader writes them."""
    mantissa, e, exponent = number(value, digits).partition("e")
    if not e or not exponent.lstrip("+-").isdigit():
        return number(value, digits)
    return f"{mantissa} {TIMES} 10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def line_width(value_nm: float | None) -> str:
    """A line width in the unit that needs no power of ten: nm, pm or fm."""
    if value_nm is None:
        return "-"
    for unit, scale in (("nm", 1.0), ("pm", 1e3)):
        if scale * value_nm >= _LEAST_IN_UNIT:
            return f"{number(scale * value_nm, 3)} {unit}"
    return f"{readable(1e6 * value_nm, 3)} fm"


def mode_table(modes: Sequence[Mapping[str, Any]]) -> Table:
    """Identity and place of each mode, with error bars."""
    spreads = any(mode.get("wavelength_sd_nm") is not None for mode in modes)
    head: tuple[str, ...] = ("mode", "wavelength (nm)")
    head += ("n_eff", "group index", "FSR (nm)", "E_z (%)", "E_r (%)", "E_φ (%)", "accuracy")
    rows = tuple(
        (
            mode["label"],
            with_error(mode["wavelength_nm"], mode["wavelength_error_nm"]),
            *((number(mode.get("wavelength_sd_nm"), 2),) if spreads else ()),
            number(mode["n_eff"], 6),
            number(mode.get("group_index"), 5),
            number(mode.get("fsr_nm"), 5),
            *(
                number(100 * mode["energy_fraction"][axis], 4)
                for axis in ("axial", "radial", "azimuthal")
            ),
            "met" if mode.get("accuracy_met", True) else "missed",
        )
        for mode in modes
    )
    caption = (
        "Modes (polarisation, m, p, q; TM: E along the fibre axis); ± error of the computation"
    )
    if spreads:
        head = (*head[:2], "sd by spreads (nm)", *head[2:])
    return Table(caption, head, rows)


def confinement_table(modes: Sequence[Mapping[str, Any]]) -> Table:
    """Share of the energy by region, and mode volume."""
    regions = list(dict.fromkeys(name for mode in modes for name in mode["confinement"]))
    head = ("mode", *(f"in {name} (%)" for name in regions), "± (%)", "mode volume (µm³)")
    rows = tuple(
        (
            mode["label"],
            *(_percent(mode["confinement"].get(name)) for name in regions),
            number(100 * mode.get("confinement_error", math.nan), 1),
            _volume(mode),
        )
        for mode in modes
    )
    return Table("Share of the energy by region (the surround up to the outer caustic)", head, rows)


def _volume(mode: Mapping[str, Any]) -> str:
    value, relative = mode["mode_volume_um3"], mode.get("mode_volume_relative_error")
    return number(value) if not relative else with_error(value, value * relative)


def _percent(share: float | None) -> str:
    return number(None if share is None else 100 * share, 6)


def loss_table(modes: Sequence[Mapping[str, Any]]) -> Table:
    """The loss budget: log10 Q by channel, and its share of the total loss."""
    head = (
        "mode",
        *(f"log10 Q {name} (share)" for name in CHANNELS),
        "log10 Q total",
        "line width of this Q",
    )
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
        rows.append((mode["label"], *cells, number(total), line_width(mode.get("linewidth_nm"))))
    return Table("Loss budget, 1/Q = sum of 1/Q by channel", head, tuple(rows))


_OUTCOMES = (
    ("regime", "regime"),
    ("regime_fluence_mj_cm2", "told at (mJ/cm²)"),
    ("modes_lasing", "modes that lase there"),
    ("side_mode_suppression_db", "strongest over next mode there (dB)"),
    ("single_mode_probability", "probability of a single mode over the comb's place"),
)
_THRESHOLDS = (
    ("gain_equals_loss", "gain equals loss (mJ/cm²)"),
    ("lasing", "lasing threshold (mJ/cm²)"),
)
_BREAKS = (
    ("lower_break_mj_cm2", "lower break of the light curve, ASE (mJ/cm²)"),
    ("upper_break_mj_cm2", "upper break of the light curve (mJ/cm²)"),
)


def lasing_table(lasing: Mapping[str, Any]) -> Table:
    """Regime, thresholds named apart, slopes, with the standard errors of the fit."""
    rows = [(words, number(lasing.get(key), 4)) for key, words in _OUTCOMES]
    thresholds, fit = lasing.get("threshold_mj_cm2") or {}, lasing.get("fit") or {}
    rows += [(words, number(thresholds.get(key), 4)) for key, words in _THRESHOLDS]
    errors = fit.get("breaks_error_mj_cm2") or (0.0, 0.0)
    curve = lasing.get("light_curve") or {}
    for (key, words), error in zip(_BREAKS, errors, strict=True):
        value = curve.get(key)
        rows.append(
            (words, number(value) if value is None or not error else with_error(value, error))
        )
    rows += _spread_rows(lasing.get("spread"))
    slopes = lasing.get("slopes") or ()
    bars = fit.get("slopes_error") or [0.0] * len(slopes)
    told = [
        with_error(slope, bar) if bar else number(slope, 3)
        for slope, bar in zip(slopes, bars, strict=True)
    ]
    rows.append(("slopes of the light curve", ", ".join(told) or "-"))
    rows += [
        (words, readable(lasing.get(key), 3))
        for key, words in (
            ("pulse_fwhm_ps", "length of the laser pulse (ps)"),
            ("transform_limit_nm", "its transform limit (nm)"),
            ("quantum_defect", "quantum defect of the pump"),
            ("balance_error", "largest error of the balance of excitations and photons"),
        )
        if lasing.get(key) is not None
    ]
    caption = "Lasing; ± standard error of the fit to the computed curve, not of the model"
    return Table(caption, ("outcome", "value"), tuple(rows))


def _spread_rows(spread: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What the design's own spreads leave: standard deviations of the thresholds, and the chance of
    each regime.
    """
    if not spread:
        return []
    names = (
        ("gain_equals_loss", "gain equals loss"),
        ("ase", "ASE"),
        ("lasing", "lasing threshold"),
    )
    rows = [
        (f"{words}: sd by the spreads (mJ/cm²)", number(spread["threshold_sd_mj_cm2"].get(key), 2))
        for key, words in names
    ]
    chances = ", ".join(
        f"{name} {number(share, 2)}" for name, share in spread["regime_probability"].items()
    )
    return [*rows, ("probability of each regime under the spreads", chances)]


def per_mode_table(lasing: Mapping[str, Any]) -> Table:
    """What the gain does to each mode."""
    head = (
        "mode",
        "wavelength (nm)",
        "Q used",
        "threshold gain (cm⁻¹)",
        "gain = loss (mJ/cm²)",
        "in the doped region (%)",
        "share of output (%)",
    )
    rows = tuple(
        (
            mode["label"] + (" *" if mode.get("extended") else ""),
            number(mode["wavelength_nm"], 8),
            readable(mode.get("q_passive"), 4),
            readable(mode["threshold_gain_per_cm"], 4),
            number(mode.get("gain_equals_loss_mj_cm2"), 4),
            _percent(mode["confinement"]),
            readable(None if mode["output_share"] is None else 100 * mode["output_share"], 3),
        )
        for mode in lasing.get("per_mode") or ()
    )
    starred = any(mode.get("extended") for mode in lasing.get("per_mode") or ())
    return Table(
        "Modes under the gain"
        + ("; * continued from the solved comb by its spacing" if starred else ""),
        head,
        rows,
    )
