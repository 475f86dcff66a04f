"""The scans of `lasing_continuity.py`: cavities, media and pumps by formula, and where each scan is
solved.
"""

from __future__ import annotations

import math

import numpy as np

from cavitydesign.gain import DotMedium, Pump
from cavitydesign.lasing import LasingMode, LasingPrediction, LasingRequest, predict_lasing

INDEX = 1.47
FINE_UM = 0.02
FINE_RELATIVE = 1e-3
"""Fine step of what is no diameter; 0.02 um of 20 um."""
FAMILIES = {
    "TM": (("TM", 1, 0, 0.0, 0.99),),
    "TE": (("TE", 1, 0, 0.6, 0.985),),
    "both": (("TM", 1, 0, 0.0, 0.99), ("TE", 1, 0, 0.6, 0.985)),
    "six": tuple(
        (polarisation, p, q, 0.37 * place, 0.99 - 0.004 * place)
        for place, (polarisation, p, q) in enumerate(
            (which, p, q) for which in ("TM", "TE") for p, q in ((1, 0), (1, 1), (2, 0))
        )
    ),
}


def comb(diameter_um: float, quality: float, families: str) -> list[LasingMode]:
    """Modes at pi D n / (m + offset) under the line, Q alike."""
    path_nm = math.pi * diameter_um * 1e3 * INDEX
    found = []
    for polarisation, p, q, offset, share in FAMILIES[families]:
        for m in range(
            math.ceil(path_nm / 548.0 - offset), math.floor(path_nm / 527.0 - offset) + 1
        ):
            wave = path_nm / (m + offset)
            found.append(
                LasingMode(
                    f"{polarisation} {m} {p} {q}",
                    wave,
                    share,
                    1.525,
                    quality,
                    35.0 * (diameter_um / 15.0) ** 2,
                    polarisation,
                    m,
                    p,
                    q,
                    wave**2 / path_nm,
                )
            )
    return found


def one(
    diameter_um: float = 15.0,
    *,
    photons: int = 3,
    gain: float = 1100.0,
    collection: float = 0.02,
    quality: float | None = None,
    families: str = "TM",
    phases: int = 12,
    comb_um: float | None = None,
) -> LasingPrediction:
    """Prediction of one point of a scan; `comb_um` is the diameter whose comb it has, if another."""
    wave, ends = {1: (400.0, (0.004, 3.0)), 2: (970.0, (0.1, 4.0)), 3: (1500.0, (1.0, 9.0))}[
        photons
    ]
    medium = DotMedium(peak_gain_per_cm=gain, laser_collection=collection)
    modes = comb(comb_um or diameter_um, quality or 24.0 * diameter_um, families)
    pump = Pump(photons=photons, wavelength_nm=wave, fluence_mj_cm2=ends)
    request = LasingRequest(comb_phases=phases, fluences=12)
    return predict_lasing(modes, medium, pump, request, diameter_um)


WIDE = ("diameter_um", 8.0, 130.0)
SCANS: dict[str, tuple[tuple[str, float, float], int, dict[str, object]]] = {
    **{
        f"{words}, {photons} photon{'s' * (photons > 1)}": (
            WIDE,
            count,
            {"photons": photons, "families": families},
        )
        for words, families, count in (
            ("TM", "TM", 96),
            ("TE", "TE", 48),
            ("TM and TE", "both", 48),
            ("six families", "six", 32),
        )
        for photons in (1, 2, 3)
    },
    "9.5 to 10.7 um": (("diameter_um", 9.5, 10.7), 61, {}),
    "11.2 to 11.5 um": (("diameter_um", 11.2, 11.5), 61, {"photons": 1}),
    "11.7 to 12.3 um": (("diameter_um", 11.7, 12.3), 61, {}),
    **{
        f"collection, {diameter:g} um": (
            ("collection", 1e-3, 1.0),
            16,
            {"diameter_um": diameter},
        )
        for diameter in (12.0, 15.0, 88.0)
    },
    **{
        f"peak gain, {diameter:g} um": (("gain", 600.0, 5000.0), 48, {"diameter_um": diameter})
        for diameter in (12.0, 15.0, 88.0)
    },
    **{
        f"Q, {diameter:g} um": (("quality", 300.0, 1e7), 48, {"diameter_um": diameter})
        for diameter in (12.0, 15.0, 88.0)
    },
    "peak gain, 15 um, six families": (
        ("gain", 600.0, 5000.0),
        24,
        {"diameter_um": 15.0, "families": "six"},
    ),
    "Q, 15 um, six families": (
        ("quality", 300.0, 1e7),
        24,
        {"diameter_um": 15.0, "families": "six"},
    ),
}
"""Key scanned with its ends, places, and what else is asked."""
STRETCHES, STRETCH_UM = 10, 1.0
"""Stretches of a scan to 130 um, one at random in each tenth of the way, and how long each is."""


def stretches(low: float, high: float, seed: int) -> tuple[tuple[float, float], ...]:
    """Ends of stretches, one at a random place of each tenth of the way between two diameters."""
    ends = np.linspace(low, high, STRETCHES + 1)
    drawn = np.random.default_rng(seed).uniform(ends[:-1], ends[1:] - STRETCH_UM)
    return tuple((round(one, 2), round(one + STRETCH_UM, 2)) for one in drawn.tolist())


COMBS = (("TM", "TM"), ("TE", "TE"), ("TM and TE", "both"), ("six families", "six"))
"""Words and key of each set of families."""
EVERY: dict[str, tuple[tuple[tuple[float, float], ...], dict[str, object]]] = {
    **{
        f"every 0.02 um, {words}, {photons} photon{'s' * (photons > 1)}": (
            ((8.0, 20.0),),
            {"photons": photons, "families": families},
        )
        for photons in (1, 2, 3)
        for words, families in COMBS
    },
    **{
        f"to 130 um, {words}, {photons} photon{'s' * (photons > 1)}": (
            stretches(20.0, 130.0, seed=10 * photons + place),
            {"photons": photons, "families": families},
        )
        for photons in (1, 2, 3)
        for place, (words, families) in enumerate(COMBS)
    },
}
"""Ends of the diameters, each fine step between which is visited, and what else is asked."""
RIPPLES = {"ripple, 10.9 um": 10.9, "ripple, 11.34 um": 11.34, "ripple, 15 um": 15.0}
"""Diameters at which the comb alone moves over one spacing, with one photon."""
RIPPLE_STEPS_UM = (0.02, 0.005, 0.00125)


def every(low: float, high: float) -> list[float]:
    """Each fine step between two diameters."""
    return [round(low + FINE_UM * step, 4) for step in range(round((high - low) / FINE_UM) + 1)]


def moved_comb(diameter_um: float) -> list[float]:
    """Diameters of the comb that moves alone by one spacing."""
    orders = math.pi * diameter_um * 1e3 * INDEX / 537.5
    count = math.ceil(diameter_um / orders / RIPPLE_STEPS_UM[-1])
    return [diameter_um + part * RIPPLE_STEPS_UM[-1] for part in range(count + 1)]


def places(name: str, thin: int) -> list[float]:
    """Where a scan, or a comb that moves alone, is solved."""
    if name in RIPPLES:
        return moved_comb(RIPPLES[name])
    if name in EVERY:
        return [place for ends in EVERY[name][0] for place in every(*ends)]
    (_, low, high), count, _ = SCANS[name]
    spread = np.linspace if high < 2.0 * low else np.geomspace
    return [float(place) for place in spread(low, high, count)[::thin]]
