"""Laser dyes in PMMA as four-level media with reabsorption.

Constants are those of solutions whose index and polarity are near the polymer's; lines are
Gaussian, so that the red shoulder of a dye's emission is not in them.
"""

from __future__ import annotations

from ...units import HC_EV_NM
from ..medium import Constant
from .four_level import FourLevelMedium
from .lineshape import fuechtbauer_ladenburg_per_cm

_PHOTOCHEMCAD = "PhotochemCAD, Du et al., Photochem. Photobiol. 68, 141 (1998)"
# At 537 nm (Beadie et al. 2015); 1.492 at 600 nm, which moves a cross-section by 0.4 %.
PMMA_INDEX = 1.495
# ln 10 x 1000 / Avogadro's number: cross-section of 1 l/(mol cm).
_CM2_PER_MOLAR = 3.82353e-21


def _dye(
    name: str,
    *,
    absorption_nm: float,
    emission_nm: float,
    fwhm_nm: float,
    molar_absorption: float,
    life_ns: float,
    quantum_yield: float,
    group_index: float,
    solution: str,
    molar_source: str,
    width_source: str,
) -> FourLevelMedium:
    """A dye at 0.01 mol/l; its emission cross-section follows from life time, yield and line."""
    absorbed, emitted = HC_EV_NM / absorption_nm, HC_EV_NM / emission_nm
    width = emitted * fwhm_nm / emission_nm
    emission = fuechtbauer_ladenburg_per_cm(
        1.0, quantum_yield / (life_ns * 1e-9), emitted, width, PMMA_INDEX
    )
    return FourLevelMedium(
        name=name,
        emission_energy_ev=emitted,
        emission_fwhm_mev=1e3 * width,
        concentration_per_cm3=6.0e18,
        emission_cross_section_cm2=emission,
        fluorescence_ps=1e3 * life_ns,
        quantum_yield=quantum_yield,
        relaxation_ps=1.0,
        pump_cross_section_cm2=_CM2_PER_MOLAR * molar_absorption,
        pump_cross_section_nm=absorption_nm,
        reabsorption=1.0,
        crossing_energy_ev=0.5 * (absorbed + emitted),
        host_group_index=group_index,
        sources=(
            Constant("emission_energy_ev", "literature", f"{emission_nm:g} nm; {solution}"),
            Constant("emission_fwhm_mev", "literature", f"{fwhm_nm:g} nm; {width_source}"),
            Constant(
                "emission_cross_section_cm2",
                "derived",
                "Fuechtbauer-Ladenburg from life time, yield and line",
            ),
            Constant("fluorescence_ps", "literature", f"{life_ns:g} ns; {solution}"),
            Constant("quantum_yield", "literature", f"{quantum_yield:g}; {solution}"),
            Constant(
                "pump_cross_section_cm2",
                "literature",
                f"{molar_absorption:.3g} l/(mol cm) at {absorption_nm:g} nm; {molar_source}",
            ),
            Constant(
                "crossing_energy_ev",
                "derived",
                f"midway between the maxima of absorption ({absorption_nm:g} nm) and emission",
            ),
            Constant(
                "host_group_index", "literature", f"PMMA at {emission_nm:g} nm, Beadie et al. 2015"
            ),
            Constant("concentration_per_cm3", "assumed", "0.01 mol/l, usual in dye-doped PMMA"),
            Constant("relaxation_ps", "assumed", "vibrational relaxation of a dye, about 1 ps"),
        ),
    )


# `sources` tells where each number of a dye is from.
RHODAMINE_6G = FourLevelMedium(
    name="rhodamine-6G-PMMA",
    emission_energy_ev=2.222,
    emission_fwhm_mev=150.0,
    concentration_per_cm3=6.0e18,
    emission_cross_section_cm2=3.7e-16,
    fluorescence_ps=3500.0,
    quantum_yield=0.9,
    relaxation_ps=1.0,
    pump_cross_section_cm2=4.4e-16,
    pump_cross_section_nm=530.0,
    reabsorption=1.0,
    crossing_energy_ev=2.28,
    host_group_index=1.519,
    sources=(
        Constant(
            "emission_energy_ev",
            "literature",
            f"558 nm; {_PHOTOCHEMCAD} in ethanol; in PMMA within 10 nm of it",
        ),
        Constant("emission_fwhm_mev", "literature", f"38 nm; {_PHOTOCHEMCAD}"),
        Constant(
            "emission_cross_section_cm2",
            "derived",
            "Fuechtbauer-Ladenburg from life time, yield and line",
        ),
        Constant(
            "fluorescence_ps",
            "literature",
            "3.5 ns; Hammond and Nelson, IEEE J. Quantum Electron. 16, 1161 (1980)",
        ),
        Constant(
            "quantum_yield",
            "literature",
            "0.98 to 0.76 with rising concentration; Kurian et al., Laser Chem. 20, 99 (2002)",
        ),
        Constant(
            "pump_cross_section_cm2", "literature", f"1.16e5 l/(mol cm) at 530 nm; {_PHOTOCHEMCAD}"
        ),
        Constant(
            "crossing_energy_ev",
            "derived",
            "midway between the maxima of absorption (530 nm) and emission",
        ),
        Constant("host_group_index", "literature", "PMMA at 560 nm, Beadie et al. 2015"),
        Constant("concentration_per_cm3", "assumed", "0.01 mol/l, usual in dye-doped PMMA"),
        Constant("relaxation_ps", "assumed", "vibrational relaxation of a dye, about 1 ps"),
    ),
)

_JLUMIN = "ethanol, J. Luminesc. 2013, doi 10.1016/j.jlumin.2013.07.066 (via Joung et al. 2020)"
# The sources stand behind the numbers.
RHODAMINE_B = _dye(
    "rhodamine-B-PMMA",
    absorption_nm=539.0,
    emission_nm=571.0,
    fwhm_nm=36.9,
    molar_absorption=1.06e5,
    life_ns=2.96,
    quantum_yield=0.66,
    group_index=1.518,
    solution=_JLUMIN,
    molar_source=_PHOTOCHEMCAD,
    width_source=_JLUMIN,
)

_ARBELOA = (
    "Chem. Phys. 236, 331 (1998), doi 10.1016/S0301-0104(98)00215-8 (via Joung et al., Sci. Data "
    "7, 295 (2020))"
)
# The sources stand behind the numbers.
PYRROMETHENE_567 = _dye(
    "pyrromethene-567-PMMA",
    absorption_nm=516.4,
    emission_nm=531.6,
    fwhm_nm=36.0,
    molar_absorption=8.0e4,
    life_ns=5.78,
    quantum_yield=0.80,
    group_index=1.526,
    solution=f"ethyl acetate, {_ARBELOA}",
    molar_source=f"ethyl acetate, {_ARBELOA}",
    width_source=f"methanol, {_ARBELOA}",
)

DYES = (RHODAMINE_6G, RHODAMINE_B, PYRROMETHENE_567)
