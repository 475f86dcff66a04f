"""Rare-earth ions in glass: erbium, ytterbium and thulium in silica by their cross-sections,
neodymium by its line.

The cross-sections are sums of Gaussians in wavelength, fitted to spectra of silica fibres as open
fibre-laser models use them. They are right to a few per cent of the peak; what fibres of different
glass have differs by 20 to 30 %.
"""

from __future__ import annotations

import numpy as np

from ...arrays import Array
from ...units import HC_EV_NM
from ..medium import Constant
from .four_level import FourLevelMedium
from .tabled import TabledMedium

Lines = tuple[tuple[float, float, float], ...]

_SILICA_INDEX = 1.45  # At 1.06 um; 1.439 at 1.95 um, which moves a radiative rate by 1.5 %.
_FITTED = "sum of Gaussians fitted to the spectrum of pyLaserPulse (J. S. Feehan, 2022, GitHub)"

# (1e-20 cm2, nm, nm): height, centre and standard deviation of each Gaussian; worst deviation from
# the spectrum 2 % of the peak
ERBIUM_EMISSION: Lines = (
    (0.0817, 1499.2, 26.45),
    (0.139, 1527.9, 5.08),
    (0.230, 1531.2, 15.62),
    (0.140, 1558.2, 12.53),
    (0.0930, 1584.7, 26.38),
    (0.0140, 1629.3, 9.76),
)
# As the emission, worst deviation 4 % of the peak
ERBIUM_ABSORPTION: Lines = (
    (0.0137, 1472.4, 6.55),
    (0.240, 1497.9, 33.26),
    (0.106, 1524.6, 7.40),
    (0.127, 1529.1, 4.47),
    (0.179, 1542.7, 19.36),
    (0.0274, 1595.2, 28.01),
)
# As of erbium; worst deviation 3 % of the peak
YTTERBIUM_EMISSION: Lines = (
    (0.0232, 929.0, 14.06),
    (0.0784, 975.0, 33.82),
    (2.27, 977.2, 3.51),
    (0.313, 982.0, 13.05),
    (0.577, 1026.5, 14.75),
    (0.302, 1060.0, 45.47),
    (0.0726, 1073.1, 14.68),
)
# As the emission, worst deviation 1.4 % of the peak
YTTERBIUM_ABSORPTION: Lines = (
    (0.0839, 877.5, 14.03),
    (0.823, 916.2, 21.23),
    (0.371, 970.0, 13.74),
    (2.24, 976.4, 3.27),
    (0.144, 979.7, 4.92),
    (0.0888, 1008.4, 17.65),
    (0.00712, 1030.0, 41.24),
)
# Scales the emission to the radiative rate below
_THULIUM_SCALE = 0.753
# 1e-20 cm2, nm, nm; worst deviation 7 % of the peak
THULIUM_EMISSION: Lines = tuple(
    (_THULIUM_SCALE * height, centre, sd)
    for height, centre, sd in (
        (0.316, 1745.0, 65.65),
        (0.388, 1835.8, 59.62),
        (0.234, 1925.0, 64.46),
        (0.204, 2013.8, 77.89),
    )
)
# As the emission, without its scale; worst deviation 2.4 % of the peak
THULIUM_ABSORPTION: Lines = (
    (0.0618, 1585.0, 30.17),
    (0.217, 1618.6, 42.44),
    (0.291, 1685.0, 54.78),
    (0.0689, 1755.0, 98.70),
)


def sum_of_lines_cm2(lines: Lines, wavelength_nm: Array) -> Array:
    """Cross-section of a sum of Gaussians."""
    return np.asarray(
        sum(
            1e-20 * height * np.exp(-0.5 * ((wavelength_nm - centre) / sd) ** 2)
            for height, centre, sd in lines
        )
    )


def _silica(
    name: str,
    emission: Lines,
    absorption: Lines,
    span_nm: tuple[float, float, float],
    life_ps: float | None,
    **keys: float | tuple[Constant, ...],
) -> TabledMedium:
    """An ion in silica; without a life time it is that which the emission radiates."""
    wavelength_nm = np.arange(span_nm[0], span_nm[1] + 0.5 * span_nm[2], span_nm[2])
    found = TabledMedium(
        name=name,
        table_wavelength_nm=tuple(wavelength_nm.tolist()),
        table_emission_cm2=tuple(sum_of_lines_cm2(emission, wavelength_nm).tolist()),
        table_absorption_cm2=tuple(sum_of_lines_cm2(absorption, wavelength_nm).tolist()),
        relaxation_ps=1e6,
        host_group_index=1.462,
        fluorescence_ps=1.0,
        **keys,  # type: ignore[arg-type]
    )
    radiative = found.radiative_ps(_SILICA_INDEX)
    life = radiative if life_ps is None else life_ps
    object.__setattr__(found, "fluorescence_ps", life)
    object.__setattr__(found, "quantum_yield", min(life / radiative, 1.0))
    return found


_COMMON = (
    Constant("host_group_index", "literature", "fused silica at 1.55 um, Malitson 1965"),
    Constant(
        "relaxation_ps",
        "assumed",
        "1 us from the pumped to the upper level; does not count under continuous light",
    ),
)
_YIELD = Constant(
    "quantum_yield",
    "derived",
    "life time over that which the emission cross-sections radiate, Fuechtbauer-Ladenburg",
)

# `sources` tells where each number of an ion is from.
ERBIUM = _silica(
    "erbium-silica",
    ERBIUM_EMISSION,
    ERBIUM_ABSORPTION,
    (1420.0, 1660.0, 1.0),
    1e10,
    concentration_per_cm3=2e19,
    pump_cross_section_nm=1480.0,
    sources=(
        Constant(
            "table_emission_cm2",
            "fitted",
            f"{_FITTED}, peak 4.3e-21 at 1529 nm; Barnes et al., IEEE J. Quantum Electron. 27, "
            "1004 (1991) tell how such spectra are measured and how far methods differ",
        ),
        Constant("table_absorption_cm2", "fitted", f"{_FITTED}, peak 5.0e-21 at 1527 nm"),
        Constant(
            "fluorescence_ps",
            "literature",
            "10 ms, as models of erbium-doped silica fibres have it (10 and 10.5 ms)",
        ),
        _YIELD,
        Constant("concentration_per_cm3", "assumed", "2e19, low enough for single ions"),
        *_COMMON,
    ),
)

# `sources` tells where each number is from.
YTTERBIUM = _silica(
    "ytterbium-silica",
    YTTERBIUM_EMISSION,
    YTTERBIUM_ABSORPTION,
    (860.0, 1160.0, 0.5),
    None,
    concentration_per_cm3=2e19,
    pump_cross_section_nm=976.0,
    sources=(
        Constant(
            "table_emission_cm2",
            "fitted",
            f"{_FITTED}, aluminosilicate, peak 2.7e-20 at 977 nm; published for silica: 2.6e-20 "
            "at 974 nm",
        ),
        Constant("table_absorption_cm2", "fitted", f"{_FITTED}, peak 2.7e-20 at 976 nm"),
        Constant(
            "fluorescence_ps",
            "derived",
            "0.70 ms, which the emission cross-sections radiate (Fuechtbauer-Ladenburg)",
        ),
        _YIELD,
        Constant("concentration_per_cm3", "assumed", "2e19"),
        *_COMMON,
    ),
)

# `sources` tells where each number is from.
THULIUM = _silica(
    "thulium-silica",
    THULIUM_EMISSION,
    THULIUM_ABSORPTION,
    (1480.0, 2200.0, 4.0),
    None,
    concentration_per_cm3=2e19,
    pump_cross_section_nm=1620.0,
    sources=(
        Constant(
            "table_emission_cm2",
            "fitted",
            f"shape: {_FITTED}; scale: radiative rate 192 per s of thulium in silicate glass, J. "
            "Luminesc. 147, 341 (2014). Agger and Povlsen, Opt. Express 14, 50 (2006) find the "
            "peak of emission below that of absorption; here it is 5 % above",
        ),
        Constant("table_absorption_cm2", "fitted", f"{_FITTED}, peak 4.4e-21 at 1645 nm"),
        Constant(
            "fluorescence_ps",
            "assumed",
            "5.2 ms, the radiative life; in silica multi-phonon decay shortens it several times, "
            "and thresholds rise by as much: give the life time of your glass",
        ),
        _YIELD,
        Constant("concentration_per_cm3", "assumed", "2e19"),
        *_COMMON,
    ),
)

# `sources` tells where each number is from.
NEODYMIUM = FourLevelMedium(
    name="neodymium-glass",
    emission_energy_ev=HC_EV_NM / 1056.0,
    emission_fwhm_mev=1e3 * HC_EV_NM / 1056.0 * 44.2 / 1056.0,
    concentration_per_cm3=1e20,
    emission_cross_section_cm2=0.87e-20,
    fluorescence_ps=5.86e8,
    relaxation_ps=1e6,
    pump_cross_section_cm2=0.87e-20,
    pump_cross_section_nm=808.0,
    host_group_index=1.7,
    sources=(
        *(
            Constant(
                key,
                "literature",
                f"{what}; lead fluorosilicate glass, Opt. Express 17, 10001 (2009)",
            )
            for key, what in (
                ("emission_energy_ev", "1056 nm"),
                ("emission_fwhm_mev", "44.2 nm"),
                ("emission_cross_section_cm2", "0.87e-20 cm2"),
                ("fluorescence_ps", "586 us"),
            )
        ),
        Constant("quantum_yield", "assumed", "1"),
        Constant("pump_cross_section_cm2", "assumed", "as that of emission"),
        Constant("concentration_per_cm3", "assumed", "1e20, about 0.5 mol %"),
        Constant("host_group_index", "assumed", "1.7, a lead glass"),
        Constant("relaxation_ps", "assumed", "1 us; does not count under continuous light"),
    ),
)

IONS = (ERBIUM, YTTERBIUM, THULIUM, NEODYMIUM)
