"""Designs built in code, without a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..design import Design, parse_design
from ..design.schema import TABLES, ModesTable
from ..errors import InputError

_TABLES = tuple(name for name in TABLES if name not in ("cavity", "modes"))


def bottle(*, diameter_um: float, axial_radius_um: float, **keys: Any) -> Design:
    """A bottle with a parabolic outline, r = diameter/2 - z^2 / (2 axial_radius).

    Parameters
    ----------
    diameter_um : float
        Outer diameter at the equator.
    axial_radius_um : float
        Radius of curvature of the outline at the equator.
    **keys
        Keys of the tables [cavity] and [modes] of the design file by their names, such as
        `body="PMMA"`, `fibre_diameter_um=8.0`, `wavelength_nm=537.6`; and the other tables
        (`gain`, `pump`, `lasing`, `coupling`, `temperature`, `collection`, `sensing`) as
        dictionaries. A key that is None is not given.

    Returns
    -------
    Design

    Raises
    ------
    InputError
        With one line for each problem, as for a design file.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 540.0, "span_nm": 4.0}
    >>> design = cd.bottle(diameter_um=15.0, axial_radius_um=60.0, body="PMMA", **asked)
    >>> cd.find_modes(design)[0].label
    'TM 122 1 0'
    """
    shape = {"diameter_um": diameter_um, "axial_radius_um": axial_radius_um}
    return _built("parabola", shape, keys)


def sphere(*, diameter_um: float, **keys: Any) -> Design:
    """A sphere, or with `polar_radius_um` a spheroid; other keys as for `bottle`.

    Parameters
    ----------
    diameter_um : float
        At the equator.
    **keys
        `polar_radius_um` (half the height, um) for a spheroid, and keys as for `bottle`.

    Returns
    -------
    Design

    Raises
    ------
    InputError
        As `bottle`.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> ball = cd.sphere(diameter_um=10.0, body="silica", wavelength_nm=780.0, span_nm=9.0)
    >>> ball.cavity.diameter_um
    10.0
    """
    return _built("spheroid", {"diameter_um": diameter_um}, keys)


def drop(*, diameter_um: float, **keys: Any) -> Design:
    """A drop on a fibre, whose outline follows from capillarity; other keys as for `bottle`.

    Besides the diameter one of `contact_angle_deg`, `length_um` and `volume_um3` is needed.

    Parameters
    ----------
    diameter_um : float
        Largest diameter of the drop.
    **keys
        One of `contact_angle_deg`, `length_um` (um) and `volume_um3` (um^3), and keys as for
        `bottle`.

    Returns
    -------
    Design

    Raises
    ------
    InputError
        As `bottle`, and if no drop has the two quantities.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> wet = {"contact_angle_deg": 15.0, "fibre_diameter_um": 8.0, "fibre": "silica"}
    >>> asked = {"wavelength_nm": 540.0, "span_nm": 4.0}
    >>> cd.drop(diameter_um=15.0, body="PMMA", **asked, **wet).cavity.diameter_um
    15.0
    """
    return _built("droplet", {"diameter_um": diameter_um}, keys)


def section(file: str, **keys: Any) -> Design:
    """A body of revolution from a mesh or a gmsh script; other keys as for `bottle`.

    Parameters
    ----------
    file : str
        Path of the file (.geo, .msh, .step, .brep); x is the radius and y the axis, in um. The
        surfaces carry names. One is named "body" and one "surround", which is drawn too, some
        wavelengths beyond the body.
    **keys
        As for `bottle`. Surfaces of other names are told by
        `region_names={"Si": "body", "clad": "surround"}`, further ones get their media by
        `materials={"stem": "silica"}`, and constants of a script their values by
        `parameters={"diameter": 16.0}`. `cavitydesign new section` writes a script to start from.

    Returns
    -------
    Design

    Raises
    ------
    InputError
        As `bottle`, and if the file cannot be read or lacks a region.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> try:
    ...     cd.section("disk.geo", body="silica", wavelength_nm=1550.0, azimuthal_order=60)
    ... except cd.InputError as error:
    ...     print("disk.geo" in str(error))
    True
    """
    return _built("section", {"file": str(file)}, keys)


def _built(profile: str, shape: Mapping[str, Any], keys: Mapping[str, Any]) -> Design:
    """The design of a profile, its keys sorted into their tables."""
    of_modes = set(ModesTable.model_fields)
    tables: dict[str, Any] = {"cavity": {"profile": profile, **shape}, "modes": {}}
    for name, value in keys.items():
        if value is None:
            continue
        if name in _TABLES:
            if not isinstance(value, Mapping):
                raise InputError(f"{name}: must be a dictionary of the keys of [{name}]")
            tables[name] = dict(value)
        else:
            tables["modes" if name in of_modes else "cavity"][name] = value
    return parse_design(tables, source=profile)
