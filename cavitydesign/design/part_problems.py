"""What is wrong between parts of a design that were checked one by one."""

from __future__ import annotations

import math

from ..errors import InputError, nearest
from ..geometry import Cavity
from ..mesh.section_cavity import SectionCavity
from ..modes import ModeRequest
from ..modes.derived.objective import Collection
from ..modes.deviation.deviation_spec import Deviation
from ..modes.deviation.possible import check_deviation
from ..modes.sensing.sensing_spec import Sensing
from .input_problem import Problem


def deviation_problems(cavity: Cavity, deviation: Deviation) -> list[Problem]:
    """Refuse a deviation that the cavity cannot have before anything is solved."""
    try:
        check_deviation(cavity, deviation)
    except InputError as error:
        return [Problem((), text) for text in error.problems]
    return []


def collection_problems(
    cavity: Cavity, modes: ModeRequest, collection: Collection
) -> list[Problem]:
    """Refuse an aperture that the surround does not allow at the wavelength asked for."""
    surround = dict(cavity.regions).get("surround")
    try:
        index = math.inf if surround is None else surround.index(modes.wavelength_nm)
    except InputError:  # the range of its data is told of all media
        return []
    aperture = collection.numerical_aperture
    if aperture <= index:
        return []
    text = f"must be at most {index:.5g}, the index of the surround"
    return [Problem(("collection", "numerical_aperture"), text, aperture)]


def sensing_problems(cavity: Cavity, sensing: Sensing) -> list[Problem]:
    """Refuse a region, or a wall, that the cavity does not have."""
    names = [name for name, _ in cavity.regions]
    if sensing.region not in names:
        text = f"is not one of {', '.join(names)}{nearest(sensing.region, names)}"
        return [Problem(("sensing", "region"), text, sensing.region)]
    if sensing.layer_nm and sensing.layer_on == "wall" and cavity.fibre is None:
        text = "needs a fibre, which is then the liquid inside the cavity"
        return [Problem(("sensing", "layer_on"), text, sensing.layer_on)]
    if sensing.layer_nm and isinstance(cavity, SectionCavity):
        text = "needs an outline; a general section has none that a layer could follow"
        return [Problem(("sensing", "layer_nm"), text, sensing.layer_nm)]
    return []


def range_problems(cavity: Cavity, modes: ModeRequest) -> list[Problem]:
    """Refuse a wavelength range outside the data of a medium now rather than after the first
    solve.
    """
    problems: list[Problem] = []
    if modes.span_nm is None:
        return problems
    guide = () if cavity.coupler is None else (("guide", cavity.coupler.medium),)
    for name, material in (*cavity.regions, *guide):
        for wavelength_nm in modes.range_nm:
            try:
                material.check_range(wavelength_nm)
            except InputError as error:
                problems.append(
                    Problem(("modes", "wavelength_nm"), f"{name}: {error}", modes.wavelength_nm)
                )
                break
    return problems
