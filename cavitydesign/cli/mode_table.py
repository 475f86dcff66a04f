"""The tables of `modes`: where the modes lie and how sure that is, and what they carry."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .printing import new_table, number, print_tables

if TYPE_CHECKING:
    from rich.table import Table

    from ..modes import Mode, ModeSet

TM_CONVENTION = (
    "TM: E along the fibre axis (the Mie language of spheres calls it TE). Mode: polarisation, m, "
    "p radial, q axial.\n"
    "Energy: shares of int eps|E|^2 along z, r and phi. FSR: to the next m at the same p, q, with "
    "dispersion."
)


def print_modes(found: ModeSet) -> None:
    """Print a set of modes with errors, the convention and the count."""
    if not found.modes:
        print_tables(
            f"no mode between {found.wavelength_range_nm[0]:g} and "
            f"{found.wavelength_range_nm[1]:g} nm"
        )
        return
    places = new_table(
        "Modes",
        ("mode", "wavelength nm", "+- nm", "n_eff", "n_g", "FSR nm", "E_z %", "E_r %", "E_phi %"),
    )
    for mode in found:
        share = mode.energy_fraction
        places.add_row(
            mode.label,
            _wavelength(mode),
            number(mode.wavelength_error_nm, ".1e"),
            number(mode.n_eff, ".5f"),
            number(mode.group_index, ".4f"),
            number(mode.fsr_nm, ".4f"),
            *(number(100 * share[axis], ".2f") for axis in ("axial", "radial", "azimuthal")),
        )
    regions = tuple(found.modes[0].confinement)
    head = ("mode", *(f"in {name} %" for name in regions), "+- %", "volume um^3")
    losses = (
        "log10 Q radiation",
        "log10 Q absorption",
        "log10 Q scattering",
        "log10 Q total",
        "line width nm",
    )
    carried = new_table("What they carry", (*head, *losses))
    for mode in found:
        budget = mode.losses
        carried.add_row(
            mode.label,
            *(number(100 * mode.confinement[name], ".4f") for name in regions),
            number(100 * mode.confinement_error, ".0e"),
            number(mode.mode_volume_um3, ".5g"),
            *(
                number(log, ".3f")
                for log in (budget.radiation, budget.absorption, budget.scattering, budget.total)
            ),
            number(mode.linewidth_nm, ".2e"),
        )
    print_tables(places, carried, *_spread_table(found), TM_CONVENTION, _count(found))


_SPREADS = (
    ("wavelength nm", "wavelength_sd_nm", ".3g"),
    ("FSR nm", "fsr_sd_nm", ".2g"),
    ("log10 Q radiation", "log10_q_radiation_sd", ".2g"),
    ("log10 Q absorption", "log10_q_absorption_sd", ".2g"),
    ("log10 Q scattering", "log10_q_scattering_sd", ".2g"),
    ("log10 Q total", "log10_q_total_sd", ".2g"),
    ("threshold gain cm^-1", "threshold_gain_sd_per_cm", ".3g"),
    ("gain = loss mJ/cm^2", "gain_equals_loss_sd_mj_cm2", ".2g"),
)


def _spread_table(found: ModeSet) -> tuple[Table, ...]:
    """What the spreads of the design leave in the modes; nothing without spreads."""
    shown = [
        column
        for column in _SPREADS
        if any(mode.extra.get(column[1]) is not None for mode in found)
    ]
    if not shown:
        return ()
    table = new_table(
        "Standard deviations by the spreads of the design",
        ("mode", *(head for head, _, _ in shown)),
    )
    for mode in found:
        table.add_row(
            mode.label, *(number(mode.extra.get(key), digits) for _, key, digits in shown)
        )
    return (table,)


def _wavelength(mode: Mode) -> str:
    """As many digits as the error allows, three at least."""
    error = mode.wavelength_error_nm
    digits = 9 if error <= 0 else min(max(3, math.ceil(-math.log10(error)) + 1), 9)
    return f"{mode.wavelength_nm:.{digits}f}"


def _count(found: ModeSet) -> str:
    low, high = found.wavelength_range_nm
    state = "complete" if found.complete else "not certified complete (see the warnings)"
    others = found.counted - len(found)
    among = f" ({len(found)} of them listed, {others} not asked for)" if others > 0 else ""
    range_text = f"{len(found)} modes, {low:.6g} to {high:.6g} nm"
    count_text = f"{found.counted} eigenvalues{among} counted, list {state}"
    return f"{range_text}; {count_text}; {found.seconds.get('total', 0.0):.2f} s"
