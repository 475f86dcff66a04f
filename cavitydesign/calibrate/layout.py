"""The vector of all unknowns of a calibration, each a standard normal number before the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .calibration_spec import Calibration, FreeNumber, Measured, MeasuredCavity, MeasuredSpectrum
from .posterior.prior import Prior

SCATTER_FACTOR = 2.0
"""The scatter of a curve or of the lines of a spectrum lies within this factor of the noise that is
stated, in 68 % of cases: few laboratories know it better, and the error of the model adds to it."""
FREE_SCALE_SD = 2.0
"""In units of the curve's scatter: its scale about the best fit of each candidate. The light's unit
is arbitrary, so the prior only has to be wider than the scatter of the best fit, which is
1.3 / sqrt(points)."""


@dataclass(frozen=True)
class Unknown:
    """One entry of the vector.

    Attributes
    ----------
    name : str
        As tables tell it.
    prior : Prior
    key : str
        Design key, empty for numbers of the set-up.
    of : str
        Name of the cavity or session that it belongs to, empty if all share it.
    """

    name: str
    prior: Prior
    key: str = ""
    of: str = ""


@dataclass(frozen=True)
class Layout:
    """Where each unknown stands in the vector.

    Attributes
    ----------
    unknowns : tuple of Unknown
    """

    unknowns: tuple[Unknown, ...]

    def __len__(self) -> int:
        return len(self.unknowns)

    def keys_of(self, cavity: Measured) -> dict[str, int]:
        """Index in the vector by design key, for the numbers that a cavity's design takes."""
        owners = ("", cavity.name, cavity.session)
        return {
            unknown.key: index
            for index, unknown in enumerate(self.unknowns)
            if unknown.key and unknown.of in owners
        }

    def index_of(self, name: str) -> int | None:
        """Index of an unknown by its name, None if there is none."""
        return next((i for i, each in enumerate(self.unknowns) if each.name == name), None)

    def with_others(
        self, numbers: Sequence[FreeNumber], cavities: Sequence[MeasuredCavity]
    ) -> Layout:
        """This layout with the unknowns of further cavities and sessions at its end."""
        own = {
            "cavity": [cavity.name for cavity in cavities],
            "session": [cavity.session for cavity in cavities],
        }
        named = [
            (number, owner)
            for number in numbers
            if number.each
            for owner in dict.fromkeys(own[number.each])
        ]
        added = [
            Unknown(f"{number.key} of {owner}", number.prior, number.key, owner)
            for number, owner in named
        ]
        new = [each for each in added if self.index_of(each.name) is None]
        return Layout((*self.unknowns, *new))

    def values(self, z: Array) -> Array:
        """The numbers themselves, from (..., d) standard normal ones."""
        columns = [each.prior.value(z[..., i]) for i, each in enumerate(self.unknowns)]
        return np.stack(columns, axis=-1)

    def design_values(self, cavity: Measured, z: Array) -> Mapping[str, float]:
        """Values of the design keys of a cavity or measurement at one (d,) vector."""
        return {
            key: float(self.unknowns[index].prior.value(z[index]))
            for key, index in self.keys_of(cavity).items()
        }


def scale_name(cavity: MeasuredCavity) -> str:
    """Name of the unknown scale of a cavity's light."""
    return f"scale of {cavity.name}"


def scatter_name(measured: Measured | MeasuredSpectrum) -> str:
    """Name of the unknown scatter of a cavity's light, of the lines of a spectrum, or of the points
    of a measurement.
    """
    return f"scatter of {measured.name}"


def fluence_name(session: str) -> str:
    """Name of the unknown fluence scale of a session."""
    return f"fluence scale of {session}"


def layout_of(asked: Calibration) -> Layout:
    """All unknowns: free design keys, fluence scales of sessions, scale and scatter of curves, and
    scatter of the lines of spectra and of measurements of the medium."""
    unknowns: list[Unknown] = []
    measured: list[Measured] = [*asked.cavities, *asked.measurements]
    for number in asked.numbers:
        owners = {
            "": ("",),
            "cavity": tuple(cavity.name for cavity in asked.cavities),
            "session": tuple(dict.fromkeys(one.session for one in measured)),
        }[number.each]
        for owner in owners:
            name = f"{number.key} of {owner}" if owner else number.key
            unknowns.append(Unknown(name, number.prior, number.key, owner))
    for session, sd in asked.fluence_scale_sd.items():
        if sd > 0:
            unknowns.append(
                Unknown(fluence_name(session), Prior("log-normal", 1.0, 1.0 + sd), "", session)
            )
    for cavity in asked.cavities:
        if cavity.curve is not None:
            scale = Prior("normal", 0.0, FREE_SCALE_SD)
            unknowns.append(Unknown(scale_name(cavity), scale, "", cavity.name))
            unknowns.append(_scatter(cavity, cavity.name))
        unknowns += [_scatter(one, cavity.name) for one in cavity.spectra if len(one.light)]
    unknowns += [_scatter(one, one.name) for one in asked.measurements]
    return Layout(tuple(unknowns))


def _scatter(measured: Measured | MeasuredSpectrum, owner: str) -> Unknown:
    noise = Prior("log-normal", measured.relative_noise, SCATTER_FACTOR)
    return Unknown(scatter_name(measured), noise, "", owner)
