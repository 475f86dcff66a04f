"""Sections made of rectangles in NGSolve: an independent solution for `sweep_sections.py`.

Reads one case a line from standard input and answers with one line of JSON each: the modes that it
finds near a wavenumber, at one polynomial order. Nothing of cavitydesign is used here, so that
the interpreter needs ngsolve only. The weak form and the stretch stand in `ngsolve_sections.py`;
here every medium has an index across and along z.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

import netgen.occ as occ
import ngsolve as ng
import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

ng.SetNumThreads(1)
ng.ngsglobals.msg_level = 0
# Elements shrink by this factor, a level at a time, towards corners, where fields are singular; in
# wavelengths of the medium the largest element outside and inside of bodies.
FACTOR, COARSE, FINE = 0.15, 0.7, 0.5
STRENGTH = 3.0
STEPS, EIGENVALUES = 30, 6


@dataclass(frozen=True)
class Box:
    """Where layers begin, and how deep they are; infinite and zero where a side is a wall."""

    left: float
    right: float
    low: float
    high: float
    depth: float


def meshed(case: dict[str, Any], box: Box) -> ng.Mesh:
    """Triangles that follow the rectangles, denser in bodies and towards their corners."""
    wave = case["wavelength_um"]
    faces = []
    rest = _rectangle(box.left, box.right, box.low, box.high)
    pieces = []
    for number, one in enumerate(case["rectangles"]):
        clipped = (
            max(one["r"][0], box.left),
            min(one["r"][1], box.right),
            max(one["z"][0], box.low),
            min(one["z"][1], box.high),
        )
        piece = _rectangle(*clipped)
        for other in pieces:
            piece = piece - other
        pieces.append(_rectangle(*clipped))
        piece.faces.name = f"m{number}"
        index = max(one["index"])
        piece.faces.maxh = (FINE if one["body"] else COARSE) * wave / index
        if one["body"]:
            for vertex in piece.vertices:
                vertex.hpref = 1
        faces.append(piece)
        rest = rest - piece
    rest.faces.name = "around"
    rest.faces.maxh = COARSE * wave / max(case["surround"])
    shape = occ.Glue([*faces, rest])
    shape.edges.name = "inside"
    slack = 1e-7
    for edge in shape.edges:
        at = edge.center
        sides = (at.x - box.left, at.x - box.right, at.y - box.low, at.y - box.high)
        if min(abs(side) for side in sides) < slack:
            edge.name = "wall"
    geometry = occ.OCCGeometry(shape, dim=2)
    mesh = ng.Mesh(geometry.GenerateMesh(maxh=COARSE * wave, grading=0.3))
    mesh.RefineHP(case["levels"], factor=FACTOR)
    return mesh


def _rectangle(left: float, right: float, low: float, high: float) -> Any:
    return occ.MoveTo(left, low).Rectangle(right - left, high - low).Face()


def solved(case: dict[str, Any], order: int) -> list[dict[str, Any]]:
    """Modes near the wavenumber asked for, each with its k, energy shares and polarisation."""
    box = Box(*case["box"], case["depth"])
    mesh, m = meshed(case, box), case["m"]
    complex_ = box.depth > 0 or any(one["absorbs"] for one in case["rectangles"])
    space = ng.HCurl(mesh, order=order, dirichlet="wall", complex=complex_) * ng.H1(
        mesh, order=order + 1, dirichlet="wall", complex=complex_
    )
    (e, psi), (f, chi) = space.TnT()
    r, r_s, z_s = _stretched(case, box)
    media = {f"m{i}": _indices(one) for i, one in enumerate(case["rectangles"])}
    media["around"] = tuple(case["surround"])
    across = mesh.MaterialCF({name: index[0] ** 2 for name, index in media.items()})
    along = mesh.MaterialCF({name: index[1] ** 2 for name, index in media.items()})
    a, b = ng.BilinearForm(space, symmetric=True), ng.BilinearForm(space, symmetric=True)
    w, v = ng.grad(psi) - e, ng.grad(chi) - f
    dx = ng.dx(bonus_intorder=4)
    a += (
        r / (r_s * z_s) * ng.curl(e) * ng.curl(f)
        + m**2 / r * (z_s / r_s * w[0] * v[0] + r_s / z_s * w[1] * v[1])
    ) * dx
    plane = across * z_s / r_s * e[0] * f[0] + along * r_s / z_s * e[1] * f[1]
    b += (r * plane + across * m**2 * r_s * z_s / r * psi * chi) * dx
    a.Assemble()
    b.Assemble()
    free = np.flatnonzero(np.array(space.FreeDofs()))
    stiffness, mass = (
        sparse.csc_matrix(sparse.csr_matrix(form.mat.CSR())[free][:, free]) for form in (a, b)
    )
    # modes of the layers crowd between the real axis and what leaks: the shift lies beyond them
    near_k = case["near_k"] * (1 - 0.5j / case["near_q"] if complex_ else 1)
    values, vectors = _nearest(stiffness, mass, near_k**2)
    found = []
    for value, vector in zip(values, vectors.T, strict=True):
        field = ng.GridFunction(space)
        whole = np.zeros(space.ndof, dtype=vector.dtype)
        whole[free] = vector
        field.vec.FV().NumPy()[:] = whole
        found.append(_described(case, mesh, field, complex(value), across, along))
    return [one for one in found if one]


def _indices(one: dict[str, Any]) -> tuple[complex, complex]:
    """Across and along z; a wave runs like exp(-i w t), so that what absorbs has Im n > 0."""
    kappa = one["absorbs"]
    across, along = one["index"]
    return (across + 1j * kappa, along + 1j * kappa) if kappa else (across, along)


def _nearest(stiffness: Any, mass: Any, shift: float) -> tuple[Any, Any]:
    """Eigenpairs nearest a shift: an Arnoldi space, and the Ritz values in it."""
    factor = splu(
        stiffness - shift * mass,
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.01,
        options={"SymmetricMode": True},
    )
    span = np.zeros((stiffness.shape[0], STEPS + 1), dtype=stiffness.dtype)
    start = np.random.default_rng(5).standard_normal(stiffness.shape[0])
    span[:, 0] = start / np.linalg.norm(start)
    upper = np.zeros((STEPS + 1, STEPS), dtype=stiffness.dtype)
    for j in range(STEPS):
        step = factor.solve(mass @ span[:, j])
        for _ in range(2):
            overlap = span[:, : j + 1].conj().T @ step
            step = step - span[:, : j + 1] @ overlap
            upper[: j + 1, j] += overlap
        upper[j + 1, j] = np.linalg.norm(step)
        span[:, j + 1] = step / upper[j + 1, j]
    inverse, weights = np.linalg.eig(upper[:-1])
    nearest = np.argsort(-abs(inverse))[:EIGENVALUES]
    vectors = span[:, :-1] @ weights[:, nearest]
    if not np.iscomplexobj(stiffness.data):
        vectors = vectors.real
    # no conjugation: both matrices are symmetric, and the quotients right to the square
    top, bottom = (np.einsum("ij,ij->j", vectors, one @ vectors) for one in (stiffness, mass))
    return top / bottom, vectors


def _stretched(case: dict[str, Any], box: Box) -> tuple[Any, Any, Any]:
    if not box.depth:
        return ng.x, ng.CF(1.0), ng.CF(1.0)
    _, right, low, high = case["plain"]
    strength = STRENGTH * box.depth
    d_r = ng.IfPos(ng.x - right, (ng.x - right) / box.depth, 0.0)
    d_z = ng.IfPos(
        ng.y - high,
        (ng.y - high) / box.depth,
        ng.IfPos(low - ng.y, (low - ng.y) / box.depth, 0.0),
    )
    # towards the axis fields of large m decay: a wall is enough
    rate = 3j * strength / box.depth
    return ng.x + 1j * strength * d_r**3, 1 + rate * d_r**2, 1 + rate * d_z**2


def _described(
    case: dict[str, Any],
    mesh: ng.Mesh,
    field: Any,
    value: complex,
    across: Any,
    along: Any,
) -> dict[str, Any] | None:
    k = complex(np.sqrt(value))
    if k.real <= 0 or abs(k.imag) > 0.2 * k.real:
        return None
    e, psi = field.components
    density = ng.x * (
        ng.Norm(across) * ng.Norm(e[0]) ** 2
        + ng.Norm(along) * ng.Norm(e[1]) ** 2
        + ng.Norm(across) * ng.Norm(case["m"] * psi / ng.x) ** 2
    )
    names = [f"m{i}" for i, one in enumerate(case["rectangles"]) if one["body"]]
    by_body = [
        float(ng.Integrate(density, mesh, definedon=mesh.Materials(name)).real) for name in names
    ]
    inside = mesh.Materials("|".join(names))
    axial, radial = (
        float(ng.Integrate(ng.x * ng.Norm(eps) * ng.Norm(part) ** 2, mesh, definedon=inside).real)
        for eps, part in ((along, e[1]), (across, e[0]))
    )
    _, right, low, high = case["plain"]
    within = ng.IfPos(right - ng.x, 1, 0) * ng.IfPos(high - ng.y, 1, 0) * ng.IfPos(ng.y - low, 1, 0)
    whole = float(ng.Integrate(density * (within if case["depth"] else 1), mesh).real)
    # E.E over the stretched volume: what runs outwards grows, and its |E|^2 is that of the box
    r, r_s, z_s = _stretched(case, Box(*case["box"], case["depth"]))
    product = (
        across * (e[0] ** 2 * r * z_s / r_s + (case["m"] * psi) ** 2 * r_s * z_s / r)
        + along * e[1] ** 2 * r * r_s / z_s
    )
    own, every = (
        ng.Integrate(product, mesh, definedon=where) for where in (inside, mesh.Materials(".*"))
    )
    return {
        "k": [k.real, k.imag],
        "inside": abs(own) / abs(every),
        "bodies": [one / whole for one in by_body],
        "axial": axial / whole,
        "radial": radial / whole,
        "polarisation": "TM" if axial > radial else "TE",
    }


def main() -> None:
    """Answer every line."""
    for line in sys.stdin:
        case = json.loads(line)
        try:
            answer: dict[str, Any] = {"modes": solved(case, case["order"])}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
