"""Outcomes of a design, by name: the numbers that goals, constraints and yields speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..dotted import entry_at
from ..errors import nearest
from ..modes.losses.mechanisms import loss_names

MODE_OUTCOMES = (
    "wavelength_nm",
    "n_eff",
    "group_index",
    "fsr_nm",
    "q_total",
    *(f"log10_q.{name}" for name in (*loss_names(), "total")),
    "linewidth_nm",
    "mode_volume_um3",
    "collected",
    "collected_over_even",
    "log10_q_intrinsic",
    "transmission",
    "critical_gap_um",
    "phase_mismatch_per_um",
    "sensing.bulk_nm_per_riu",
    "sensing.figure_of_merit_per_riu",
    "sensing.detection_limit_riu",
    "sensing.layer_shift_pm",
    "sensing.layer_pm_per_nm",
    "sensing.layer_detection_limit_pm",
    "deviation.shift_pm",
    "deviation.splitting_pm",
    "deviation.splitting_over_linewidth",
    "deviation.log10_q_better",
    "deviation.log10_q_worse",
    "deviation.mixed_share",
    "deviation.threshold_gain_per_cm",
    "confinement.body",
    "confinement.fibre",
    "confinement.surround",
    "sensitivity_nm_per_riu.body",
    "sensitivity_nm_per_riu.fibre",
    "sensitivity_nm_per_riu.surround",
    "thermal_shift_pm_per_k",
    "d1_ghz",
    "d2_mhz",
    "d3_mhz",
    "modes_found",
)
LASING_OUTCOMES = (
    "single_mode_probability",
    "side_mode_suppression_db",
    "modes_lasing",
    "threshold_mj_cm2.gain_equals_loss",
    "threshold_mj_cm2.ase",
    "threshold_mj_cm2.lasing",
    "threshold_uw.gain_equals_loss",
    "threshold_uw.lasing",
    "threshold_uw.lasing_absorbed",
    "pulse_fwhm_ps",
)
STATIC_OUTCOMES = ("threshold_gain_per_cm", "gain_equals_loss_mj_cm2", "gain_equals_loss_uw")
OUTCOMES = LASING_OUTCOMES + STATIC_OUTCOMES + MODE_OUTCOMES


_BY_REGION = ("confinement.", "sensitivity_nm_per_riu.")


def outcome_problem(name: str, regions: Sequence[str] | None = None) -> str | None:
    """What is wrong with the name of an outcome, None if it is right.

    Parameters
    ----------
    name : str
    regions : sequence of str or None
        Of the cavity, beside fibre, body and surround; None where nobody knows them.
    """
    if name in OUTCOMES or (regions is None and name.startswith(_BY_REGION)):
        return None
    of_regions = (table + region for table in _BY_REGION for region in regions or ())
    known = dict.fromkeys((*OUTCOMES, *of_regions))
    return (
        None
        if name in known
        else f"unknown outcome {name!r}; outcomes: {', '.join(known)}{nearest(name, known)}"
    )


def task_for(names: set[str]) -> str:
    """The cheapest task that gives the named outcomes."""
    if any(name in LASING_OUTCOMES for name in names):
        return "lase"
    return "threshold" if any(name in STATIC_OUTCOMES for name in names) else "modes"


def outcomes(result: Mapping[str, Any], task: str, wavelength_nm: float) -> dict[str, float | None]:
    """Named numbers of one stored result.

    Parameters
    ----------
    result : mapping
        As `survey.evaluate_point` gives it.
    task : {"modes", "threshold", "lase"}
    wavelength_nm : float
        Outcomes of a mode are those of the fundamental mode (p = 1, q = 0) nearest to it; static
        thresholds are the least of all solved modes.
    """
    modes = modes_of(result, task)
    found: dict[str, float | None] = {"modes_found": float(len(modes))}
    mode = reference_mode(modes, wavelength_nm)
    if mode is not None:
        found |= {name: _number(mode, name) for name in MODE_OUTCOMES if name != "modes_found"}
        for table in _BY_REGION:
            entries = mode.get(table.removesuffix("."), {})
            found |= {f"{table}{region}": value for region, value in entries.items()}
    if task == "lase":
        found |= {name: _number(result["lasing"], name) for name in LASING_OUTCOMES}
    if task != "modes":
        each = (
            result["static"].values()
            if task == "threshold"
            else _solved(result["lasing"]["per_mode"])
        )
        found |= {name: _least(each, name) for name in STATIC_OUTCOMES}
    return found


def modes_of(result: Mapping[str, Any], task: str) -> list[Mapping[str, Any]]:
    """The solved modes of a stored result."""
    modes: list[Mapping[str, Any]] = (
        result["modes"] if task == "modes" else result["modes"]["modes"]
    )
    return modes


def _solved(per_mode: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [mode for mode in per_mode if not mode.get("extended", False)]


def _least(each: Iterable[Mapping[str, Any]], name: str) -> float | None:
    return min((float(mode[name]) for mode in each if mode.get(name) is not None), default=None)


def reference_mode(
    modes: list[Mapping[str, Any]], wavelength_nm: float
) -> Mapping[str, Any] | None:
    """The fundamental mode nearest to a wavelength; any mode where there is no fundamental one."""
    fundamental = [mode for mode in modes if (mode["p"], mode["q"]) == (1, 0)] or modes
    return min(
        fundamental, key=lambda mode: abs(mode["wavelength_nm"] - wavelength_nm), default=None
    )


def order_of_comb(result: Mapping[str, Any], task: str, wavelength_nm: float) -> float | None:
    """Azimuthal order, a real number, that the fundamental comb has at a wavelength; None without a
    spacing.
    """
    mode = reference_mode(modes_of(result, task), wavelength_nm)
    if mode is None or not mode["fsr_nm"]:
        return None
    return float(mode["m"] + (mode["wavelength_nm"] - wavelength_nm) / mode["fsr_nm"])


def _number(table: Mapping[str, Any], name: str) -> float | None:
    value = entry_at(table, name)
    return None if value is None or isinstance(value, str) else float(value)
