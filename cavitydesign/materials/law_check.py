"""What is checked of dispersion laws, whatever file they come from; all problems of a file are told
at once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..errors import InputError, is_number, nearest, told
from ..units import NM_PER_UM
from .dispersion import Dispersion, Table

# Of a file: a table of 100,000 wavelengths takes 3 MB; a larger one is of another kind.
MOST_BYTES = 5_000_000
WAVELENGTHS_NM = (30.0, 1e9)  # of data files: extreme ultraviolet to microwaves
# Steps over a range at which a law is looked at: it is smooth between its resonances.
_SAMPLES = 64
_LARGEST_INDEX = 10.0  # Germanium reaches 5.7 and lead telluride 6: larger numbers are no indices.
# From here on light lasts 16 wavelengths or less, and an index below 1 is that of a metal or a
# resonance; with less absorption it is a wrong column.
_STRONG_EXTINCTION = 1e-2
# Published fits rise by up to 8e-4 at the end of their range.
_LARGEST_RISE = 2e-3


class Problems:
    """What is wrong with one file, gathered so that all of it is told at once."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines: list[str] = []

    def add(self, key: str, text: str) -> None:
        self.lines.append(f"{self.source}: {key}: {text}")

    def raise_if_any(self) -> None:
        if self.lines:
            raise InputError(self.lines)

    def unknown(self, table: Mapping[str, Any], allowed: tuple[str, ...], prefix: str) -> None:
        for key in table:
            if key not in allowed:
                self.add(
                    f"{prefix}{key}",
                    f"unknown key{nearest(key, allowed)} (allowed: {', '.join(allowed)})",
                )

    def text(self, table: Mapping[str, Any], key: str, prefix: str = "") -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            self.add(
                f"{prefix}{key}",
                "missing, a text is needed" if value is None else f"{value!r} is not a text",
            )
            return ""
        return value

    def number(
        self,
        table: Mapping[str, Any],
        key: str,
        allowed: str,
        prefix: str = "",
        low: float = -math.inf,
    ) -> float | None:
        value = table.get(key)
        if value is None:
            return None
        if not is_number(value) or value < low:
            self.add(f"{prefix}{key}", f"{short(value)} is not {allowed}")
            return None
        return float(value)

    def numbers(self, table: Mapping[str, Any], key: str, prefix: str) -> tuple[float, ...] | None:
        value = table.get(key)
        if not isinstance(value, list) or not value or not all(is_number(v) for v in value):
            found = "" if value is None else f", not {short(value)}"
            self.add(f"{prefix}{key}", f"a list of finite numbers is needed{found}")
            return None
        return tuple(float(v) for v in value)


def check_laws(
    ordinary: Dispersion | None,
    extraordinary: Dispersion | None,
    absorption: Dispersion | None,
    range_nm: tuple[float, float],
    problems: Problems,
    published: bool = False,
) -> None:
    """Values that a medium can have, everywhere in its range; published pages may rise or lie below
    1 where they do not say what they absorb.
    """
    for key, law in (
        ("index", ordinary),
        ("extraordinary", extraordinary),
        ("extinction", absorption),
    ):
        if law is not None and _free_of_poles(law, key, range_nm, problems):
            # A transparent medium cannot have an index below 1; an absorbing one can.
            free = published or key == "extinction" or _absorbs(absorption, range_nm)
            lowest = 0.0 if free else 1.0
            _check_values(law, key, range_nm, lowest, problems)
            if key != "extinction" and absorption is None and not published:
                _check_slope(law, key, range_nm, problems)


def _absorbs(extinction: Dispersion | None, range_nm: tuple[float, float]) -> bool:
    """Whether a medium absorbs so strongly somewhere that its index may lie below 1."""
    if extinction is None:
        return False
    wavelengths_nm = (
        range_nm[0] + (range_nm[1] - range_nm[0]) * i / _SAMPLES for i in range(_SAMPLES + 1)
    )
    return any(
        extinction.value(wavelength_nm / NM_PER_UM) > _STRONG_EXTINCTION
        for wavelength_nm in wavelengths_nm
    )


def _free_of_poles(
    law: Dispersion, key: str, range_nm: tuple[float, float], problems: Problems
) -> bool:
    """Whether no resonance lies within the stated range, where the law has no value."""
    poles_nm = (NM_PER_UM * pole for pole in law.poles_um)
    inside = next((pole_nm for pole_nm in poles_nm if range_nm[0] <= pole_nm <= range_nm[1]), None)
    if inside is not None:
        limits = f"{range_nm[0]:g} to {range_nm[1]:g}"
        problems.add(
            key, f"gives nan at {inside:.4g} nm, a pole within range_nm, {limits} (swapped lists?)"
        )
    return inside is None


def _check_values(
    law: Dispersion, key: str, range_nm: tuple[float, float], lowest: float, problems: Problems
) -> None:
    """The law must give a possible value everywhere in the stated range, and a table must reach
    over it.
    """
    low, high = (edge / NM_PER_UM for edge in range_nm)
    slack = 1e-9 * high
    if isinstance(law, Table) and (
        law.wavelengths_um[0] > low + slack or law.wavelengths_um[-1] < high - slack
    ):
        have = f"{law.wavelengths_um[0] * NM_PER_UM:g} to {law.wavelengths_um[-1] * NM_PER_UM:g} nm"
        problems.add(
            "range_nm",
            f"{range_nm[0]:g} to {range_nm[1]:g} nm reaches beyond the table of {key}, {have}",
        )
        return
    for i in range(_SAMPLES + 1):
        wavelength_um = low + (high - low) * i / _SAMPLES
        try:
            value = law.value(wavelength_um)
        except (ZeroDivisionError, OverflowError):
            value = math.nan
        if not lowest <= value <= _LARGEST_INDEX:
            limits = f"{lowest:g} to {_LARGEST_INDEX:g}"
            wavelength = f"{wavelength_um * NM_PER_UM:.4g} nm"
            problems.add(
                key,
                f"gives {value:.6g} at {wavelength}; allowed is {limits} "
                "(are the units um and um^2?)",
            )
            return


def _check_slope(
    law: Dispersion, key: str, range_nm: tuple[float, float], problems: Problems
) -> None:
    """Where nothing absorbs, the index falls with the wavelength (Kramers and Kronig); what rises
    has a wrong sign or column.
    """
    lowest = math.inf
    for i in range(_SAMPLES + 1):
        wavelength_nm = range_nm[0] + (range_nm[1] - range_nm[0]) * i / _SAMPLES
        try:
            value = law.value(wavelength_nm / NM_PER_UM)
        except (ZeroDivisionError, OverflowError):
            return
        lowest = min(lowest, value)
        if value > lowest + _LARGEST_RISE:
            text = (
                f"rises with the wavelength to {value:.5g} at {wavelength_nm:.4g} nm, after "
                f"{lowest:.5g}"
            )
            problems.add(
                key,
                f"{text}; no transparent medium does (a wrong sign, swapped columns, or "
                "[extinction] missing?)",
            )
            return


def short(value: object) -> str:
    return told(value, 40)
