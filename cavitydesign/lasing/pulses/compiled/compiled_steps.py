"""Steps of the rate equations by `kernel.c`, where that was compiled when the package was built.

They are the steps of NumPy to rounding, in a tenth of the time: an implementation of the same
equations beside that of `rate_equations`, `carrier_equations`, `steppers` and `steady.linearised`,
which stays for machines without a compiler.
"""

from __future__ import annotations

import ctypes
import functools
from pathlib import Path

import numpy as np

from ....arrays import Array
from ....gain.carrier_kinetics import CarrierLadder
from ..batch import Batch, ErrorNorm
from ..rate_equations import RateEquations
from ..steppers import Stepper
from .names import LIBRARY, WIDE_LIBRARY, sources_digest

# Names and order of the fields in `kernel.c`: ctypes checks neither.
_COUNTS = ("rungs", "classes", "modes", "absorbing", "columns", "own", "feed_classes")
_KINDS = ("carriers", "times", "unlimited", "patterns", "inner")
_BY_RUNG = ("emission", "absorption", "radiative", "decay")
_COEFFICIENTS = ("weight", "loss", "laws", "at", "arriving")
_BY_COLUMN = ("down", "up", "seed", "feed", "excitons")
# Where the kernel reads nothing.
_NONE = np.zeros(0)
# Nor of patterns, where waves are travelling.
_NO_ROWS = np.zeros(0, dtype=np.int64)


class _Equations(ctypes.Structure):
    _fields_ = (
        [(name, ctypes.c_int64) for name in (*_COUNTS, *_KINDS)]
        + [(name, ctypes.c_double) for name in ("cooling", "emitters", "backwards")]
        + [(name, ctypes.c_void_p) for name in (*_BY_RUNG, *_COEFFICIENTS, *_BY_COLUMN, "rows")]
    )


class _Method(ctypes.Structure):
    _fields_ = (
        [(name, ctypes.c_int64) for name in ("stages", "implicit")]
        + [(name, ctypes.c_double) for name in ("order", "gamma")]
        + [(name, ctypes.c_void_p) for name in ("weights", "couplings", "nodes", "times", "error")]
    )


class _Control(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_double)
        for name in (
            *("tolerance", "until", "photon_floor", "population_share", "photon_share"),
            *("pumped_until", "pulse_ends", "longest"),
        )
    ]


@functools.cache
def library() -> ctypes.CDLL | None:
    """The compiled kernel that this processor takes; None where there is none."""
    here = Path(__file__).parent
    # The plain library runs everywhere and tells whether the processor has the wide instructions.
    found = loaded(here / LIBRARY)
    if found is not None and found.wide():
        return loaded(here / WIDE_LIBRARY) or found
    return found


def loaded(path: Path) -> ctypes.CDLL | None:
    """A library made of today's sources; None where it is not there, or made of others."""
    try:
        found = ctypes.CDLL(str(path))
        found.sources.restype = ctypes.c_char_p
        if found.sources() != sources_digest().encode():
            return None
    except (OSError, AttributeError):
        return None
    return found


class CompiledSteps:
    """Steps of the rate equations in compiled code, equal to a stepper's; `of` makes them."""

    def __init__(self, kernel: ctypes.CDLL, equations: RateEquations, stepper: Stepper) -> None:
        self._kernel, self._stepper = kernel, stepper
        tableau, ladder, source = stepper.tableau, equations.model.ladder, equations.source
        self._carriers = isinstance(ladder, CarrierLadder)
        laws = ladder.laws if isinstance(ladder, CarrierLadder) else _NONE
        table = (_NONE, _NONE) if source is None else source.profile.table
        self._times = 0 if source is None else len(table[0])
        # The C side holds addresses only: these arrays must live as long as the object.
        self._kept = [
            np.ascontiguousarray(one)
            for one in (
                *equations.sums,
                equations.model.weight,
                equations.model.loss,
                laws,
                *table,
                *tableau.arrays,
            )
        ]
        pointers = [_pointer(part).value for part in self._kept]
        self._constant = pointers[: -len(tableau.arrays)]
        self._method = _Method(
            len(tableau.nodes),
            tableau.implicit,
            stepper.order,
            tableau.gamma,
            *pointers[-len(tableau.arrays) :],
        )
        self._placed: Array | None = None

    @classmethod
    def of(cls, equations: RateEquations, stepper: Stepper) -> CompiledSteps | None:
        """None where nothing is compiled."""
        kernel = library()
        return None if kernel is None else cls(kernel, equations, stepper)

    def advance(
        self,
        batch: Batch,
        norm: ErrorNorm,
        floor: Array,
        until: float,
        count: int,
        traced: bool = False,
    ) -> Array | None:
        """Try `count` steps of every pulse of a batch that has not come to `until`, in place.

        Parameters
        ----------
        batch : Batch
        norm : ErrorNorm
        floor : (F,) array
            Population that counts as nothing.
        until : float
        count : int
        traced : bool
            Whether the last column is noted after each step.

        Returns
        -------
        (count, 1 + M) array or None
            Time and photons of the last column, where it is traced.
        """
        # The kernel works on the arrays themselves; pointers hold until columns are dropped, when
        # the batch gets new arrays.
        if batch.state is not self._placed:
            self._placed = batch.state
            parts = (batch.time, batch.step, batch.state, batch.slope, batch.net)
            self._state = [_pointer(part) for part in parts]
            self._equations = self._columns(batch.equations)
        control = _Control(
            norm.tolerance,
            until,
            norm.photon_floor,
            norm.population_share,
            norm.photon_share,
            batch.pumped_until,
            batch.ends,
            batch.longest,
        )
        trail = np.empty((count, 1 + batch.equations.modes)) if traced else None
        failed = self._kernel.advanced(
            ctypes.byref(self._equations),
            ctypes.byref(self._method),
            ctypes.byref(control),
            ctypes.c_int64(count),
            _pointer(floor),
            *self._state,
            None if trail is None else _pointer(trail),
        )
        # The kernel's only failure is that it gets no memory for its stages.
        if failed:
            raise MemoryError
        return trail

    def _columns(self, equations: RateEquations) -> _Equations:
        """The coefficients of the columns that are left."""
        source = equations.source
        excitons = _NONE if source is None else source.excitons
        patterns = equations.model.patterns
        acting = (equations.down, equations.up)
        if patterns is not None:
            acting = (patterns.of_means(equations.down), patterns.of_means(equations.up))
        rows = _NO_ROWS if patterns is None else np.ascontiguousarray(patterns.rows)
        changing = (*acting, equations.seed, equations.feed, excitons)
        self._changing = (*changing, rows)
        return _Equations(
            equations.rungs,
            equations.classes,
            equations.modes,
            equations.absorbing,
            equations.feed.shape[2],
            equations.batched,
            equations.feed.shape[1],
            self._carriers,
            self._times,
            source is not None and source.unlimited,
            0 if patterns is None else patterns.size,
            0 if patterns is None else patterns.inner,
            equations.cooling,
            equations.model.emitters,
            0.0 if source is None else source.backwards,
            *self._constant,
            *(_pointer(part).value for part in changing),
            rows.ctypes.data,
        )


def _pointer(part: Array) -> ctypes.c_void_p:
    """Where the kernel finds an array, which lies in one piece."""
    assert part.flags.c_contiguous and part.dtype == np.float64
    return ctypes.c_void_p(part.__array_interface__["data"][0])
