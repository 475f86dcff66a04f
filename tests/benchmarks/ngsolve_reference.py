"""The same eigenproblem as an expert would write it in NGSolve: an independent yardstick of speed
and of the answer.

Structured quadrilaterals of order 5 to 6 in a hand-cut window at the rim, graded towards the
interface, mapped exactly by a high-order deformation; half domain with the even or odd wall at z =
0; matrices affine in m^2 assembled once; own Lanczos iteration on the inverse of K - s B,
factorised by NGSolve's sparse Cholesky (L D L^T, so that the shift may be inside the spectrum); the
shift from the Lam-Leung-Young series and the adiabatic spacing. Nothing of cavitydesign is used.

Unknowns: (E_r, E_z) in H(curl), psi in H1, E_phi = i m psi / r; fields vary as exp(i m phi).

    int r curl E curl F + (m^2/r) (grad psi - E).(grad chi - F)  =  k^2 int eps (r E.F + m^2 psi chi / r)
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import ngsolve as ng
import numpy as np
from ngsolve.meshes import MakeStructured2DMesh
from numpy.typing import NDArray
from scipy.special import ai_zeros

Array = NDArray[np.float64]

# NGSolve's factorisation otherwise starts workers that spin on all cores.
ng.SetNumThreads(1)


@dataclass(frozen=True)
class Rim:
    """A homogeneous body in air: sphere (axial_radius_um None) or parabola r = R - z^2/(2 Ra)."""

    radius_um: float
    index: float
    axial_radius_um: float | None = None

    @property
    def bend_um(self) -> float:
        """Radius of curvature of the outline at the equator."""
        return self.radius_um if self.axial_radius_um is None else self.axial_radius_um


@dataclass(frozen=True)
class Cut:
    """Window cut by hand, in units of the lengths of the mode, and its mesh.

    `inner`, `outer` and `along` are the reach below and above the surface and along the outline in
    units of the Airy length, the decay length outside and the axial width; `faces` are the grading
    exponents of inner and axial element lines.
    """

    order: int
    inner_elements: int
    outer_elements: int
    along_elements: int
    inner: float
    outer: float
    along: float
    inner_grading: float = 1.5
    outer_grading: float = 1.5
    along_grading: float = 1.0


@dataclass(frozen=True)
class Lengths:
    """Natural lengths (um) of a mode and the estimate of its wavenumber (1/um) for q = 0, 1, ..."""

    airy: float
    decay: float
    axial: float
    slice_k: float
    axial_k: float

    def wavenumber(self, q: int) -> float:
        """Adiabatic estimate."""
        return math.sqrt(self.slice_k**2 + (2 * q + 1) * self.axial_k * self.slice_k)


def lengths(rim: Rim, m: int, p: int = 1) -> Lengths:
    """Estimates for TM modes (E along the axis) of radial order p."""
    n = rim.index
    alpha = float(-ai_zeros(p)[0][p - 1])
    root = math.sqrt(n * n - 1)
    size = (
        m
        + 2 ** (-1 / 3) * alpha * m ** (1 / 3)
        - n / root
        + 0.3 * 2 ** (-2 / 3) * alpha**2 * m ** (-1 / 3)
        - 2 ** (-1 / 3) * n * (n * n - 2 / 3 * n * n) / root**3 * alpha * m ** (-2 / 3)
    )
    k = size / n / rim.radius_um
    stiffness = 1.0 / math.sqrt(rim.radius_um * rim.bend_um)
    decay = 1.0 / math.sqrt(max((m / rim.radius_um) ** 2 - k * k, (0.2 * k) ** 2))
    airy = rim.radius_um * (2.0 * m * m) ** (-1 / 3)
    return Lengths(airy, decay, math.sqrt(1.0 / (n * k * stiffness)), k, stiffness / n)


def graded(count: int, exponent: float) -> Array:
    """Element lines from 0 to 1, dense at 0."""
    return np.linspace(0.0, 1.0, count + 1) ** exponent


class RimProblem:
    """Mesh, spaces and affine matrices of one cavity, one wall at z = 0 and all azimuthal
    orders.
    """

    def __init__(
        self, rim: Rim, cut: Cut, m: int, p: int = 1, even: bool = True, full: bool = False
    ) -> None:
        size = lengths(rim, m, p)
        below, above = cut.inner * size.airy, cut.outer * size.decay
        lines_s = np.concatenate(
            [
                -below * graded(cut.inner_elements, cut.inner_grading)[::-1],
                above * graded(cut.outer_elements, cut.outer_grading)[1:],
            ]
        )
        lines_t = cut.along * size.axial * graded(cut.along_elements, cut.along_grading)
        columns, rows = len(lines_s) - 1, len(lines_t) - 1
        mesh = MakeStructured2DMesh(
            quads=True,
            nx=columns,
            ny=rows,
            mapping=lambda x, y: (
                float(lines_s[round(x * columns)]),
                float(lines_t[round(y * rows)]),
            ),
        )
        eps_values = ng.GridFunction(ng.L2(mesh, order=0))
        eps_values.Set(ng.IfPos(ng.x, 1.0, rim.index**2))
        deformation = ng.GridFunction(ng.VectorH1(mesh, order=cut.order))
        deformation.Interpolate(self._displacement(rim))
        mesh.SetDeformation(deformation)
        walls = "bottom|right|top|left" if even else "right|top|left"
        space = ng.HCurl(mesh, order=cut.order - 1, dirichlet=walls) * ng.H1(
            mesh, order=cut.order, dirichlet=walls
        )
        (e, psi), (f, chi) = space.TnT()
        r = ng.x
        measure = ng.dx(bonus_intorder=0)
        self._keep = mesh, deformation
        self.rim, self.m, self.p, self.size = rim, m, p, size
        self.space = space
        self.curls = self._assembled(r * ng.curl(e) * ng.curl(f) * measure)
        self.slopes = self._assembled(1 / r * (ng.grad(psi) - e) * (ng.grad(chi) - f) * measure)
        self.masses = self._assembled(eps_values * r * e * f * measure)
        self.azimuthal = self._assembled(eps_values / r * psi * chi * measure)
        self.operator = self.curls.mat.CreateMatrix()
        self.weight = self.curls.mat.CreateMatrix()
        self.unknowns = sum(space.FreeDofs())

    @staticmethod
    def _displacement(rim: Rim) -> ng.CoefficientFunction:
        """Exact map of (s, t), offset along the normal and place along the outline, minus (s,
        t).
        """
        s, t = ng.x, ng.y
        if rim.axial_radius_um is None:
            angle = t / rim.radius_um
            return ng.CF(
                ((rim.radius_um + s) * ng.cos(angle) - s, (rim.radius_um + s) * ng.sin(angle) - t)
            )
        slope = t / rim.axial_radius_um
        length = ng.sqrt(1 + slope * slope)
        radius = rim.radius_um - 0.5 * t * slope
        return ng.CF((radius + s / length - s, t + s * slope / length - t))

    def _assembled(self, form: ng.comp.SumOfIntegrals) -> ng.BilinearForm:
        bilinear = ng.BilinearForm(
            self.space, symmetric=True, symmetric_storage=True, check_unused=False
        )
        bilinear += form
        bilinear.Assemble()
        return bilinear

    def solve(
        self, m: int, shift_k: float, estimates: Array, tolerance: float = 1e-11, steps: int = 40
    ) -> Array:
        """The wavenumbers nearest the estimates, by Lanczos in the inner product of B.

        Modes of the other polarisation lie between those of one family; the estimates, right to a
        few per cent of the axial spacing, tell them apart.
        """
        wanted = len(estimates)
        square = float(m * m)
        self.weight.AsVector().data = (
            self.masses.mat.AsVector() + square * self.azimuthal.mat.AsVector()
        )
        self.operator.AsVector().data = (
            self.curls.mat.AsVector() + square * self.slopes.mat.AsVector()
        )
        self.operator.AsVector().data -= shift_k**2 * self.weight.AsVector()
        inverse = self.operator.Inverse(self.space.FreeDofs(), inverse="sparsecholesky")
        v, w, bv = (self.weight.CreateColVector() for _ in range(3))
        rng = np.random.default_rng(1)
        v.FV().NumPy()[:] = rng.standard_normal(len(v))
        w.data = inverse * v
        basis: list[Array] = []
        images: list[Array] = []
        alphas: list[float] = []
        betas: list[float] = []
        values = np.zeros(0)
        for step in range(steps):
            bv.data = self.weight * w
            norm = math.sqrt(abs(ng.InnerProduct(w, bv)))
            if step:
                betas.append(norm)
            basis.append(w.FV().NumPy() / norm)
            images.append(bv.FV().NumPy() / norm)
            v.FV().NumPy()[:] = images[-1]
            w.data = inverse * v
            flat = w.FV().NumPy()
            matrix, bmatrix = np.array(basis), np.array(images)
            projections = bmatrix @ flat
            alphas.append(float(projections[-1]))
            flat -= projections @ matrix
            flat -= (bmatrix @ flat) @ matrix
            if step + 1 >= wanted + 1:
                values, vectors = np.linalg.eigh(
                    np.diag(alphas) + np.diag(betas, 1) + np.diag(betas, -1)
                )
                order = self._nearest(shift_k, values, estimates)
                bv.data = self.weight * w
                tail = math.sqrt(abs(ng.InnerProduct(w, bv)))
                # relative error of an eigenvalue of the inverse: about its squared relative
                # residual; of k^2: that times its distance from the shift
                left = tail * np.abs(vectors[-1, order]) / np.abs(values[order])
                if len(set(order)) == wanted and np.all(
                    left**2 / np.abs(values[order]) < tolerance * shift_k**2
                ):
                    break
        return np.sqrt(shift_k**2 + 1.0 / values[self._nearest(shift_k, values, estimates)])

    @staticmethod
    def _nearest(shift_k: float, values: Array, estimates: Array) -> Array:
        """Places of the Ritz values whose wavenumbers lie nearest the estimates."""
        squares = shift_k**2 + 1.0 / values
        return np.array([int(np.argmin(np.abs(squares - k * k))) for k in estimates])


def single_mode(rim: Rim, cut: Cut, m: int) -> tuple[float, int, float]:
    """Wavenumber of TM m 1 0, number of unknowns, seconds (mesh to eigenvalue)."""
    start = time.perf_counter()
    problem = RimProblem(rim, cut, m)
    guess = problem.size.wavenumber(0)
    k = float(problem.solve(m, guess, np.array([guess]))[0])
    return k, problem.unknowns, time.perf_counter() - start


def comb(rim: Rim, cut: Cut, orders: range) -> tuple[Array, int, float]:
    """Wavenumbers (orders x 4) of TM m 1 q, q = 0 .. 3, number of unknowns of each half,
    seconds.
    """
    start = time.perf_counter()
    middle = orders[len(orders) // 2]
    found = np.zeros((len(orders), 4))
    unknowns = 0
    for parity in (0, 1):
        problem = RimProblem(rim, cut, middle, even=parity == 0)
        unknowns = max(unknowns, problem.unknowns)
        for row, m in enumerate(orders):
            size = lengths(rim, m)
            guesses = np.array([size.wavenumber(parity), size.wavenumber(parity + 2)])
            found[row, parity::2] = problem.solve(m, float(guesses.mean()), guesses)
    return found, unknowns, time.perf_counter() - start
