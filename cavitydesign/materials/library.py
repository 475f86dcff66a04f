"""The library of optical materials: data files of the package, found by name."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from ..errors import InputError, nearest
from .composite import EffectiveMedium
from .dataset import material_from_table
from .material import EVERYWHERE_NM, ConstantIndex, Material

# Volume fraction of dots in the default composite. The published cavities do not state theirs; 1e8
# dots of (9.2 nm)^3 in the few thousand um^3 of an 88 um mode (the calibrated dot number of the
# gain model) are 1 to 2 %.
DEFAULT_DOT_FRACTION = 0.01
_COMPOSITE = "CsPbBr3-PMMA"
_VACUUM = "vacuum"


@dataclass(frozen=True)
class IndexSpread:
    """How far published indices of one substance lie apart at one wavelength.

    Parameters
    ----------
    names : tuple of str
        Data sets that reach the wavelength.
    indices : tuple of float
        Index of each.
    """

    names: tuple[str, ...]
    indices: tuple[float, ...]

    @property
    def lowest(self) -> float:
        """Smallest published index."""
        return min(self.indices)

    @property
    def highest(self) -> float:
        """Largest published index."""
        return max(self.indices)

    @property
    def standard_deviation(self) -> float:
        """Standard deviation of the sources about their mean (0 for a single one)."""
        count = len(self.indices)
        if count < 2:
            return 0.0
        mean = sum(self.indices) / count
        return float((sum((n - mean) ** 2 for n in self.indices) / (count - 1)) ** 0.5)


@cache
def _tables() -> dict[str, dict[str, Any]]:
    """The shipped material files, parsed but not yet checked, by the name of the medium."""
    tables: dict[str, dict[str, Any]] = {}
    for entry in (resources.files(__package__) / "data").iterdir():
        if entry.name.endswith(".toml"):
            table = tomllib.loads(entry.read_text(encoding="utf-8"))
            tables[table["name"]] = table
    return tables


@cache
def _medium(name: str) -> Material:
    """One medium; made when asked for, because a table costs the import of the spline library."""
    if name == _VACUUM:
        return ConstantIndex(_VACUUM, "definition", EVERYWHERE_NM, 1.0)
    if name == _COMPOSITE:
        return EffectiveMedium.of(
            _medium("PMMA"), _medium("CsPbBr3"), DEFAULT_DOT_FRACTION, name=_COMPOSITE
        )
    medium = material_from_table(_tables()[name], f"library file of {name}")
    siblings = tuple(
        (other, (float(table["range_nm"][0]), float(table["range_nm"][1])))
        for other, table in sorted(_tables().items())
        if other != name and table.get("family", other) == medium.family
    )
    return replace(medium, siblings=siblings)


def material_names() -> tuple[str, ...]:
    """Names of all media of the library, in alphabetical order."""
    return tuple(sorted((*_tables(), _VACUUM, _COMPOSITE), key=str.lower))


def material_aliases() -> dict[str, str]:
    """Other words under which a medium is found, and the name that each stands for."""
    return {alias: name for name, table in _tables().items() for alias in table.get("aliases", [])}


def find_material(name: str) -> Material:
    """The medium of a name.

    Parameters
    ----------
    name : str
        A name of the library or one of its aliases, as written there.

    Returns
    -------
    Material

    Raises
    ------
    InputError
        For an unknown name, with the nearest right one.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> round(cd.find_material("silica").index(589.3), 4)
    1.4584
    """
    names, aliases = material_names(), material_aliases()
    if name in names:
        return _medium(name)
    if name in aliases:
        return _medium(aliases[name])
    known = [*names, *aliases]
    folded = {word.lower(): word for word in known}
    hint = (
        f"; did you mean {folded[name.lower()]!r}?"
        if name.lower() in folded
        else nearest(name, known)
    )
    raise InputError(
        f"material {name!r} is not in the library{hint} (the library: {', '.join(names)})"
    )


def index_spread(family: str, wavelength_nm: float) -> IndexSpread:
    """Published indices of one substance side by side, for the uncertainty of a cavity made of it.

    Parameters
    ----------
    family : str
        Substance, such as "PMMA".
    wavelength_nm : float
        Vacuum wavelength.

    Raises
    ------
    InputError
        For an unknown substance, or where no data set reaches the wavelength.
    """
    families: dict[str, list[str]] = {}
    for name, table in _tables().items():
        families.setdefault(table.get("family", name), []).append(name)
    if family not in families:
        raise InputError(f"substance {family!r} is not in the library{nearest(family, families)}")
    members = [_medium(name) for name in sorted(families[family])]
    reaching = [m for m in members if m.range_nm[0] <= wavelength_nm <= m.range_nm[1]]
    if not reaching:
        raise InputError(f"no data set of {family} reaches {wavelength_nm:g} nm")
    return IndexSpread(
        tuple(m.name for m in reaching), tuple(m.index(wavelength_nm) for m in reaching)
    )
