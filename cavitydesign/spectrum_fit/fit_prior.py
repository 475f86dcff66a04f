"""What is known before a spectrum is looked at; inputs of the fit, each with a default that the
answer repeats.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import InputError


@dataclass(frozen=True)
class FitPrior:
    """Priors of a fit, all normal with mean 0 about the design unless they are probabilities.

    Parameters
    ----------
    diameter_sd_um : float
        Of the diameter about the design's.
    index_sd : float
        Of the body's index about the material's.
    offset_sd_nm : float
        Of the spectrometer's constant error.
    missed : float
        Probability that a line of a family that is there was not seen.
    foreign : float
        Expected number of peaks that belong to no family.
    family : float
        Probability that a family of the design shows in the spectrum at all.
    media : tuple of (key, sd)
        Of the indices of other media than the body about the design's, by their keys in the design
        file, such as ("cavity.surround", 0.01); those that are not named are held.
    unaccompanied : float
        Factor on the probability of each family of higher p or q that shows without the fundamental
        one (p = 1, q = 0) of its polarisation, which has the lowest loss.
    """

    diameter_sd_um: float
    index_sd: float = 0.004
    offset_sd_nm: float = 0.1
    missed: float = 0.1
    foreign: float = 1.0
    family: float = 0.4
    unaccompanied: float = 0.05
    media: tuple[tuple[str, float], ...] = ()

    @property
    def offset_sds(self) -> tuple[float, ...]:
        """Of the index offsets: the body's, then the other media's."""
        return (self.index_sd, *(sd for _, sd in self.media))

    def __post_init__(self) -> None:
        problems = [
            f"fit: {name} = {value:g}: must be above 0"
            for name, value in (
                ("diameter_sd_um", self.diameter_sd_um),
                ("index_sd", self.index_sd),
                ("offset_sd_nm", self.offset_sd_nm),
                ("foreign", self.foreign),
                *self.media,
            )
            if not value > 0
        ]
        problems += [
            f"fit: {name} = {value:g}: must lie between 0 and 1"
            for name, value in (
                ("missed", self.missed),
                ("family", self.family),
                ("unaccompanied", self.unaccompanied),
            )
            if not 0 < value < 1
        ]
        if problems:
            raise InputError(problems)
