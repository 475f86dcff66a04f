"""A design: what the file says, as the objects that the physics works on."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..columns.html_tables import html_of_tables
from ..dotted import drop_entry, set_entry
from ..errors import InputError
from ..file_kind import check_kind
from ..gain import GainMedium, Pump
from ..geometry import Cavity
from ..geometry.surroundings.temperature import Temperature
from ..lasing.request import LasingRequest
from ..modes import ModeRequest
from ..modes.derived.objective import Collection
from ..modes.deviation.deviation_spec import Deviation
from ..modes.sensing.sensing_spec import Sensing
from ..texts import Refused, check_bounded
from .consistency import check_consistency
from .convert import Converter
from .files.samples_file import Samples
from .files.toml_file import read_toml
from .input_problem import input_error
from .part_problems import (
    collection_problems,
    deviation_problems,
    range_problems,
    sensing_problems,
)
from .spread import split_spreads
from .validate import validate

NO_MEDIUM = (
    'no gain medium, so nothing lases; add [gain] with medium = "CsPbBr3-PMMA", another name of the'
    " library, or the constants of your own"
)


@dataclass(frozen=True, repr=False)
class Design:
    """One design, checked.

    Attributes
    ----------
    cavity : Cavity
        Shape and media.
    modes : ModeRequest
        Which modes are wanted.
    medium : GainMedium or None
        The gain medium; None where the file has no [gain]: the cavity is passive.
    pump : Pump
        The pump.
    lasing : LasingRequest
        How the modes lase.
    spreads : mapping of str to float
        Standard deviation of each number that carries one, by dotted key ("cavity.diameter_um"), in
        the key's unit.
    samples : Samples or None
        Draws of calibrated constants that [gain] names.
    collection : Collection or None
        The objective that sees the cavity; None without [collection].
    deviation : Deviation or None
        How the cavity is not round; None without [cavity.deviation].
    temperature : Temperature or None
        At which cavity and medium are; None without [temperature].
    sensing : Sensing or None
        What the modes sense; None without [sensing].
    raw : dict
        The file's contents with overrides applied; `parse_design` of it gives this design again.
    path : Path or None
        The file, where it came from one.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
    >>> ball = cd.sphere(diameter_um=6.0, body="silica", **asked)
    >>> ball.with_values({"cavity.diameter_um": 7.0}).cavity.diameter_um
    7.0
    """

    cavity: Cavity
    modes: ModeRequest
    medium: GainMedium | None
    pump: Pump
    lasing: LasingRequest
    spreads: Mapping[str, float] = field(default_factory=dict)
    samples: Samples | None = None
    collection: Collection | None = None
    deviation: Deviation | None = None
    temperature: Temperature | None = None
    sensing: Sensing | None = None
    raw: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    path: Path | None = None

    def __repr__(self) -> str:
        """The cavity, what is asked of it and whether it is pumped, in one line."""
        asked = self.modes
        where = f"{asked.polarisation} modes about {asked.wavelength_nm:.6g} nm"
        gain = "passive" if self.medium is None else f"gain by {self.medium.name}"
        return f"Design: {self.cavity!r}; {where}; {gain}"

    def _repr_html_(self) -> str:
        """The design in one line and a table of every key that it sets, for notebooks."""
        return html_of_tables(self.raw, repr(self))

    def with_values(self, values: Mapping[str, Any]) -> Design:
        """This design with other values of some keys, checked anew.

        Parameters
        ----------
        values : mapping of str to value
            By dotted key, as in the design file. A number keeps the spread that it has; None takes
            a key away.

        Raises
        ------
        InputError
            As `load_design`.

        Examples
        --------
        >>> import cavitydesign as cd
        >>> sphere = cd.sphere(diameter_um=9.0, body="silica", wavelength_nm=780.0, span_nm=9.0)
        >>> sphere.with_values({"cavity.diameter_um": 12.0}).cavity.diameter_um
        12.0
        """
        return parse_design(self.raw, overrides=values, path=self.path)

    def needed_medium(self) -> GainMedium:
        """The gain medium, for what cannot be told without.

        Raises
        ------
        InputError
            One line that says how to add a medium.
        """
        if self.medium is None:
            where = "design" if self.path is None else self.path.name
            raise InputError(f"{where}: {NO_MEDIUM}")
        return self.medium


def load_design(path: str | Path, overrides: Mapping[str, Any] | None = None) -> Design:
    """Read a design file.

    Parameters
    ----------
    path : str or Path
        TOML file.
    overrides : mapping of str to value, optional
        Values that take the place of the file's, by dotted key: {"cavity.diameter_um": 20.0}. None
        takes a key away.

    Returns
    -------
    Design

    Raises
    ------
    InputError
        With one line for each problem: file, key, value, what is allowed, the nearest right key.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import cavitydesign as cd
    >>> text = '''
    ... [cavity]
    ... profile = "spheroid"
    ... diameter_um = 6.0
    ... body = "silica"
    ... [modes]
    ... wavelength_nm = 620.0
    ... azimuthal_order = 40
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "ball.toml"
    ...     _ = path.write_text(text)
    ...     cd.load_design(path, {"cavity.diameter_um": 7.0})
    Design: Cavity (spheroid) of 7 um: body silica, surround air; TM modes about 620 nm; passive
    """
    path = Path(path)
    content = read_toml(path)
    check_kind(content, "design", str(path))
    return parse_design(content, source=str(path), overrides=overrides, path=path)


def parse_design(
    raw: Mapping[str, Any],
    source: str = "design",
    overrides: Mapping[str, Any] | None = None,
    path: Path | None = None,
) -> Design:
    """Check a design given as a dictionary and build its objects.

    Parameters
    ----------
    raw : mapping
        Tables of the design file.
    source : str
        What error messages call it.
    overrides : mapping of str to value, optional
        As for `load_design`.
    path : Path, optional
        The design's file; file names in the design are relative to its folder.

    Returns
    -------
    Design

    Raises
    ------
    InputError
        As for `load_design`.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> shape = {"profile": "spheroid", "diameter_um": 6.0, "body": "silica"}
    >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
    >>> cd.parse_design({"cavity": shape, "modes": asked}).cavity.diameter_um
    6.0
    """
    try:
        check_bounded(raw, whole=False)  # `validate` tells of numbers in its own words
    except Refused as error:
        raise InputError(f"{source}: {error}") from None
    merged = _overridden(raw, overrides or {}, source)
    plain, spreads, problems = split_spreads(merged)
    tables, wrong = validate(plain)
    problems += wrong
    known = {problem.location for problem in wrong}
    problems += [problem for problem in check_consistency(plain) if problem.location not in known]
    faulty = {problem.location[0] for problem in problems}
    sound = {name: table for name, table in tables.items() if name not in faulty}
    converter = Converter(sound, path.parent if path is not None else Path())
    cavity, modes, medium, pump = (
        converter.cavity(),
        converter.modes(),
        converter.medium(),
        converter.pump(),
    )
    lasing = converter.lasing(spreads.get("cavity.diameter_um", 0.0))
    samples, collection = converter.samples(), converter.collection()
    deviation = converter.deviation()
    temperature = converter.temperature()
    if temperature is not None and not converter.problems:
        cavity, medium = converter.warmed(cavity, medium, temperature)
    sensing = converter.sensing()
    problems += converter.problems
    if cavity is not None and modes is not None:
        problems += range_problems(cavity, modes)
        if collection is not None:
            problems += collection_problems(cavity, modes, collection)
        if deviation is not None:
            problems += deviation_problems(cavity, deviation)
        if sensing is not None:
            problems += sensing_problems(cavity, sensing)
    if problems or cavity is None or modes is None or pump is None or lasing is None:
        raise input_error(source, problems)
    return Design(
        cavity=cavity,
        modes=modes,
        medium=medium,
        pump=pump,
        lasing=lasing,
        spreads=spreads,
        samples=samples,
        collection=collection,
        deviation=deviation,
        temperature=temperature,
        sensing=sensing,
        raw=merged,
        path=path,
    )


def _overridden(
    raw: Mapping[str, Any], overrides: Mapping[str, Any], source: str
) -> dict[str, Any]:
    """A deep copy of the design with values replaced; a number keeps the spread it had."""
    merged: dict[str, Any] = copy.deepcopy(dict(raw))
    for key, value in overrides.items():
        try:
            set_entry(merged, key, value.item() if hasattr(value, "item") else value)
            if value is None:
                drop_entry(merged, key)
        except KeyError:
            raise InputError(
                f"{source}: {key}: cannot be set; give a dotted key such as cavity.diameter_um"
            ) from None
    return merged
