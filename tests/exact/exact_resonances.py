"""Exact resonators as objects: reference numbers, the tolerances of a closed-form check, and their
reasons.

Two tables, made in arbitrary precision by different codes: `INDEPENDENT` (made outside this
project) and `REFERENCE` (`mpmath_reference.py` beside this file). tests/README.md has the
derivations.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cavitydesign.analytic.resonance import Resonance, Resonator, find_resonance
from cavitydesign.geometry.cavity import Cavity, Coating
from cavitydesign.geometry.cylinder import Cylinder
from cavitydesign.geometry.spheroid import Spheroid
from cavitydesign.materials import ConstantIndex, Material, find_material


@dataclass(frozen=True)
class ExactCase:
    """One resonance with its reference.

    `wavelength_tolerance` is relative: rounding of the Bessel functions, nu times 1e-16 over a
    slope of order nu. `log10_q_tolerance` is absolute: the exponent of |H|^2 carries nu times 1e-16
    in the natural logarithm. `share_tolerance` is absolute.
    """

    name: str
    geometry: str
    radii_um: tuple[float, ...]
    indices: tuple[Any, ...]
    order: int
    p: int
    polarisation: str
    wavelength_nm: float
    log10_q: float
    log10_q_radiation: float
    shares: tuple[float, ...]
    fsr_nm: float | None = None
    group_index: float | None = None
    log10_q_absorption: float | None = None
    regularised_shares: tuple[float, ...] | None = None
    caustic_um: float | None = None
    mode_volume_um3: float | None = None
    wavelength_tolerance: float = 4e-15
    log10_q_tolerance: float = 2e-12
    share_tolerance: float = 1e-12

    @property
    def resonator(self) -> Resonator:
        """The case for the closed forms."""
        indices = tuple(find_material(n).index if isinstance(n, str) else n for n in self.indices)
        return Resonator(self.radii_um, indices, self.geometry == "sphere")

    @property
    def label(self) -> str:
        """Name of the mode in a mode set."""
        return f"{self.polarisation} {self.order} {self.p} 0"

    @property
    def log10_q_all(self) -> tuple[float, float]:
        """log10 of the total and the radiative Q."""
        return self.log10_q, self.log10_q_radiation

    def material(self, layer: int) -> Material:
        """Medium of a layer."""
        entry = self.indices[layer]
        if isinstance(entry, str):
            return find_material(entry)
        absorption = 4 * math.pi * complex(entry).imag / (self.wavelength_nm * 1e-7)
        return ConstantIndex.of(complex(entry).real, absorption, name=f"layer {layer}")

    @property
    def cavity(self) -> Cavity:
        """The case for the field solver: a coated cylinder has a fibre innermost, then coatings,
        then the body.
        """
        radius = self.radii_um[-1]
        if self.geometry == "sphere":
            if len(self.radii_um) > 1:
                raise ValueError("concentric shells of a sphere are no cavity on a straight fibre")
            return Cavity(Spheroid(radius, radius), self.material(0), self.material(1))
        if len(self.radii_um) == 1:
            return Cavity(Cylinder(radius), self.material(0), self.material(1), sliced=True)
        coatings = tuple(
            Coating(f"coating {j}", self.radii_um[j] - self.radii_um[j - 1], self.material(j))
            for j in range(1, len(self.radii_um) - 1)
        )
        return Cavity(
            Cylinder(radius),
            self.material(-2),
            self.material(-1),
            fibre=self.material(0),
            fibre_radius_um=self.radii_um[0],
            coatings=coatings,
            sliced=True,
        )


def _index(entry: Any) -> Any:
    if isinstance(entry, list):
        return complex(float(entry[0]), float(entry[1]))
    return float(entry) if entry[0].isdigit() else entry


def _number(row: dict[str, Any], key: str) -> float | None:
    return float(row[key]) if row.get(key) is not None else None


def _case(row: dict[str, Any]) -> ExactCase:
    log10_q = float(row["log10_q"])
    radiation = _number(row, "log10_q_radiation")
    return ExactCase(
        row["id"],
        row["geometry"],
        tuple(float(r) for r in row["radii_um"]),
        tuple(_index(n) for n in row["indices"]),
        row["order"],
        row["p"],
        row["polarisation"],
        float(row["wavelength_nm"]),
        log10_q,
        log10_q if radiation is None else radiation,
        tuple(row["shares"]),
        _number(row, "fsr_nm"),
        _number(row, "group_index"),
        _number(row, "log10_q_absorption"),
        tuple(row["regularised_shares"]) if "regularised_shares" in row else None,
        _number(row, "caustic_um"),
        _number(row, "mode_volume_um3"),
    )


def _table(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))
    return loaded


INDEPENDENT = tuple(_case(row) for row in _table("independent_cases.json")["cases"])
REFERENCE = tuple(_case(row) for row in _table("reference_cases.json")["cases"])
THRESHOLD_GAIN = tuple(_table("independent_cases.json")["threshold_gain"])


@cache
def solved(case: ExactCase) -> Resonance:
    """The closed-form solution of a case; each is solved once for all tests of a process."""
    return find_resonance(case.resonator, case.order, case.p, case.polarisation)
