"""The same eigenproblem in plain scikit-fem and SciPy: N2 and P2 triangles in the same window, as a
user would write it.

Triangles of the structured mesh of `ngsolve_reference` (each rectangle cut in two, nodes on the
exact map, straight or quadratic edges), scikit-fem's own assembly, SuperLU in symmetric mode,
ARPACK in shift-invert mode.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
import skfem
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, eigsh, splu
from skfem.helpers import curl, dot, grad

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PlainWindow:
    """Offsets (um, zero at the surface) and places along the outline (um) of the element lines."""

    offsets_um: Array
    places_um: Array


def plain_mesh(
    radius_um: float, axial_radius_um: float | None, window: PlainWindow
) -> tuple[Any, NDArray[np.bool_]]:
    """Quadratic triangles on the exact map, and which of them lie inside the body."""
    flat = skfem.MeshTri.init_tensor(window.offsets_um, window.places_um)
    inside = flat.p[0][flat.t].mean(axis=0) < 0
    curved = skfem.MeshTri2.from_mesh(flat)
    s, t = curved.doflocs
    if axial_radius_um is None:
        r, z = (radius_um + s) * np.cos(t / radius_um), (radius_um + s) * np.sin(t / radius_um)
    else:
        slope = t / axial_radius_um
        length = np.sqrt(1 + slope**2)
        r, z = radius_um - 0.5 * t * slope + s / length, t + s * slope / length
    return skfem.MeshTri2(np.array([r, z]), curved.t), inside


@skfem.BilinearForm
def stiffness(e: Any, psi: Any, f: Any, chi: Any, w: Any) -> Any:
    """r curl E curl F + (m^2/r) (grad psi - E).(grad chi - F)."""
    r = w.x[0]
    return r * curl(e) * curl(f) + w.m**2 / r * dot(grad(psi) - e, grad(chi) - f)


@skfem.BilinearForm
def mass(e: Any, psi: Any, f: Any, chi: Any, w: Any) -> Any:
    """eps (r E.F + m^2 psi chi / r)."""
    r = w.x[0]
    return w.eps * (r * dot(e, f) + w.m**2 / r * psi * chi)


def plain_mode(
    radius_um: float,
    axial_radius_um: float | None,
    index: float,
    m: int,
    shift_k: float,
    window: PlainWindow,
) -> tuple[float, int, float]:
    """Wavenumber nearest the shift with the even wall, number of unknowns, seconds from mesh to
    eigenvalue.
    """
    start = time.perf_counter()
    mesh, inside = plain_mesh(radius_um, axial_radius_um, window)
    element = skfem.ElementTriN2() * skfem.ElementTriP2()
    basis = skfem.Basis(mesh, element, intorder=6)
    eps = np.where(inside, index**2, 1.0)[:, None] * np.ones((1, basis.X.shape[-1]))
    a = stiffness.assemble(basis, m=float(m))
    b = mass.assemble(basis, m=float(m), eps=eps)
    free = basis.complement_dofs(basis.get_dofs())
    a, b = a[free][:, free].tocsc(), b[free][:, free].tocsc()
    factor = splu(
        sp.csc_matrix(a - shift_k**2 * b),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    inverse = LinearOperator(a.shape, matvec=factor.solve, dtype=float)
    values = eigsh(
        a, k=1, M=b, sigma=shift_k**2, OPinv=inverse, return_eigenvectors=False, tol=1e-12
    )
    return math.sqrt(float(values[0])), len(free), time.perf_counter() - start
