"""What the solution of one radial family leaves for its modes to be made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...arrays import Values
from ..estimates.seeds import Seed
from .discretisation import Discretisation
from .family import ReducedFamily
from .projected import Nearer
from .snapshot import RawMode, Snapshot


@dataclass(frozen=True)
class ComparedSnapshot:
    """Modes of one azimuthal order at the final resolution, with what a lower one says of their
    errors.

    Attributes
    ----------
    discrete : mapping of int to float
        Relative discretisation error of k by axial order.
    low_vectors : mapping of int to (n,) array
        The modes two orders lower, embedded.
    layer_log10_q_error : mapping of int to float, or None
        Error of log10 Q by axial order where it is read from complex wavenumbers, before that of k.
    geometry : mapping of int to float
        Relative error of k by axial order from edges that are not the curves they stand for.
    nearer : Nearer or None
        The modes at further resolutions, where they were solved.
    gain : mapping of int to float
        By how much two orders reduced the error of k, by axial order, where the modes tell.
    layer_changes : mapping of int to float
        What they changed of log10 Q by complex wavenumbers, by axial order, where that is known.
    """

    snapshot: Snapshot
    discrete: Mapping[int, float]
    low_vectors: Mapping[int, Values] = field(repr=False)
    layer_log10_q_error: Mapping[int, float] | None = None
    geometry: Mapping[int, float] = field(default_factory=dict)
    nearer: Nearer | None = None
    gain: Mapping[int, float] = field(default_factory=dict)
    layer_changes: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class SolvedClass:
    """Modes of one radial family of one mirror class.

    Attributes
    ----------
    discretisation : Discretisation
        How its fields are read.
    ends : tuple of ComparedSnapshot
        The first azimuthal order, and of a wide comb the last one too, at two resolutions.
    basis_error : float
        Relative error of k by the reduced basis.
    counted, complete
        Eigenvalues counted at the first azimuthal order, and whether all were found.
    alone : int or None
        The azimuthal order that this was solved for, of a range; the others only tell spacings.
    """

    discretisation: Discretisation
    seed: Seed
    family: ReducedFamily = field(repr=False)
    modes: list[RawMode] = field(repr=False)
    ends: tuple[ComparedSnapshot, ...] = field(repr=False)
    basis_error: float
    counted: int
    complete: bool
    notes: tuple[str, ...]
    alone: int | None = None

    def relative_error(self, raw: RawMode) -> float:
        """Relative error of k, as far as it is known before modes are measured."""
        worst = max((end.discrete.get(raw.q, 0.0) for end in self.ends), default=0.0)
        return worst + self.basis_error
