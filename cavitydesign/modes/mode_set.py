"""What was asked of the solver, and the set of modes that answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..errors import InputError
from .mode import Mode


@dataclass(frozen=True)
class ModeRequest:
    """Which modes are wanted, and how accurately.

    Parameters
    ----------
    polarisation : {"TM", "TE", "both"}
        TM: E along the fibre axis.
    wavelength_nm : float
        Centre of the range (a hint if `azimuthal_order` is given).
    span_nm : float or None
        Full width of the range.
    azimuthal_order : int or None
        Given instead of the span: this m only, every p and q asked for, wherever it lies.
    radial_orders, axial_orders : int
        p = 1 .. radial_orders, q = 0 .. axial_orders - 1.
    relative_accuracy : float
        Of the wavelength.
    """

    polarisation: str = "TM"
    wavelength_nm: float = 537.6
    span_nm: float | None = 10.0
    azimuthal_order: int | None = None
    radial_orders: int = 1
    axial_orders: int = 1
    relative_accuracy: float = 1e-6

    def __post_init__(self) -> None:
        if self.polarisation not in ("TM", "TE", "both"):
            raise InputError(
                f"modes.polarisation: {self.polarisation!r} is not allowed; TM (E along the fibre axis), TE or both"
            )
        if self.span_nm is None and self.azimuthal_order is None:
            raise InputError(
                "modes: give span_nm (all modes in a range) or azimuthal_order (one m)"
            )

    @property
    def polarisations(self) -> tuple[str, ...]:
        """The polarisations asked for."""
        return ("TM", "TE") if self.polarisation == "both" else (self.polarisation,)


@dataclass(frozen=True)
class ModeSet:
    """The modes found, ordered by falling wavelength, with the evidence that none is missing.

    Attributes
    ----------
    modes : tuple of Mode
    wavelength_range_nm : tuple of float
        The range that was searched.
    counted : int
        Eigenvalues from the lowest wanted mode of each family to just above the highest, by inertia
        at one azimuthal order, times the azimuthal orders in the range (their branches do not end
        in between): the modes listed, others between them, of families that were not asked for,
        and those of one azimuthal order that lie outside the range at another.
    complete : bool
        Whether every eigenvalue counted was found, and every one that has a name asked for is
        listed.
    seconds : mapping of str to float
        Wall time by stage, imports excluded.
    warnings : tuple of str
        What the user must know: a missed accuracy, a window that could not grow.
    """

    modes: tuple[Mode, ...]
    wavelength_range_nm: tuple[float, float]
    counted: int
    complete: bool
    seconds: Mapping[str, float]
    diameter_um: float
    warnings: tuple[str, ...] = ()
    statistics: Mapping[str, float] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Mode]:
        return iter(self.modes)

    def __len__(self) -> int:
        return len(self.modes)

    def __getitem__(self, label: str) -> Mode:
        """The mode of a label such as "TM 122 1 0"."""
        for mode in self.modes:
            if mode.label == label:
                return mode
        raise KeyError(label)

    @property
    def accuracy_met(self) -> bool:
        """Whether every mode reached the asked accuracy."""
        return all(mode.accuracy_met for mode in self.modes)

    def to_json_dict(self) -> dict[str, object]:
        """The JSON of the command `modes` (schema 1)."""
        return {
            "schema": 1,
            "wavelength_range_nm": list(self.wavelength_range_nm),
            "diameter_um": self.diameter_um,
            "counted": self.counted,
            "complete": self.complete,
            "seconds": dict(self.seconds),
            "accuracy_met": self.accuracy_met,
            "warnings": list(self.warnings),
            "statistics": dict(self.statistics),
            "modes": [mode.to_json_dict() for mode in self.modes],
        }
