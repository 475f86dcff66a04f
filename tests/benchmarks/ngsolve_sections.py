"""Microtoroid and microdisk in NGSolve: an independent solution of the sections in meshes/, with
its own mesh and elements.

Triangles of netgen with exact circles, H(curl) x H1 of high order, complex stretch outside a box,
shift-and-invert Arnoldi. Nothing of cavitydesign is used to make the reference; with --compare the
sections are solved by cavitydesign too.

    python tests/benchmarks/ngsolve_sections.py --write        # tests/physics/ngsolve_sections.json
    python tests/benchmarks/ngsolve_sections.py --compare

Unknowns: covariant (E_r, E_z) in H(curl), psi in H1, E_phi = i m psi / r; r and z are stretched to
r~(r), z~(z):

    int r~/(r' z') curl E curl F + (m^2/r~) [ (z'/r') (d_r psi - E_r)(d_r chi - F_r) + (r'/z') (d_z
    psi - E_z)(d_z chi - F_z) ]
      = k^2 int eps [ r~ ((z'/r') E_r F_r + (r'/z') E_z F_z) + m^2 r' z' psi chi / r~ ]
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ngsolve as ng
import numpy as np
from netgen.geom2d import SplineGeometry

TABLE = Path(__file__).parents[1] / "physics" / "ngsolve_sections.json"
ng.SetNumThreads(1)


@dataclass(frozen=True)
class Case:
    """One mode of one section.

    `box`: largest r, lowest z and highest z without stretch; `depth` of the layers (0: closed
    walls).
    """

    name: str
    section: str
    parameters: dict[str, float]
    indices: dict[str, float]
    polarisation: str
    m: int
    near_nm: float
    box: tuple[float, float, float]
    depth: float


CASES = (
    Case(
        "toroid TM",
        "microtoroid",
        {},
        {"body": 1.45, "surround": 1.0},
        "TM",
        84,
        780.0,
        (1e9, -1e9, 1e9),
        0.0,
    ),
    Case(
        "toroid TE",
        "microtoroid",
        {},
        {"body": 1.45, "surround": 1.0},
        "TE",
        84,
        780.0,
        (1e9, -1e9, 1e9),
        0.0,
    ),
    Case(
        "disk TE",
        "microdisk_on_pedestal",
        {},
        {"body": 3.36, "pedestal": 3.36, "substrate": 3.36, "surround": 1.0},
        "TE",
        11,
        1264.0,
        (1.7221859050421457, -0.7275, 0.7275),
        0.9,
    ),
)


def toroid() -> ng.Mesh:
    """Ring of circular section: diameter 16, minor diameter 3, in a box from r = 2 with 2 um
    around.
    """
    geometry = SplineGeometry()
    centre, a = 6.5, 1.5
    corners = [(2.0, -3.5), (10.0, -3.5), (10.0, 3.5), (2.0, 3.5)]
    box = [geometry.AppendPoint(*point) for point in corners]
    for i in range(4):
        geometry.Append(["line", box[i], box[(i + 1) % 4]], leftdomain=2, rightdomain=0, bc="wall")
    around = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)]
    circle = [geometry.AppendPoint(centre + a * x, a * y) for x, y in around]
    for i in range(0, 8, 2):
        geometry.Append(
            ["spline3", circle[i], circle[i + 1], circle[(i + 2) % 8]],
            leftdomain=1,
            rightdomain=2,
            bc="rim",
            maxh=0.25,
        )
    geometry.SetMaterial(1, "body")
    geometry.SetMaterial(2, "surround")
    geometry.SetDomainMaxH(1, 0.3)
    return ng.Mesh(geometry.GenerateMesh(maxh=0.6, grading=0.2))


def disk() -> ng.Mesh:
    """Disk of median diameter 2.12 and thickness 0.255 with a wall of 26 degrees, on a post of 0.8
    and a substrate.
    """
    geometry = SplineGeometry()
    h = 0.1275
    lean = h * math.tan(math.radians(26.0))
    top, low, p, ground, deep, high = 1.06 - lean, 1.06 + lean, 0.4, -h - 1.0, -h - 1.5, h + 1.5
    wide = low + 1.5
    points = [
        (0, -h),
        (p, -h),
        (low, -h),
        (top, h),
        (0, h),
        (p, ground),
        (0, ground),
        (wide, ground),
        (wide, deep),
        (0, deep),
        (wide, high),
        (0, high),
    ]
    fine = {1, 2, 3}  # corners that the mode touches: fields are singular there
    number = [
        geometry.AppendPoint(*p, maxh=0.002 if i in fine else 0.2) for i, p in enumerate(points)
    ]
    names = {1: "body", 2: "pedestal", 3: "substrate", 4: "surround"}
    lines = [
        (0, 1, 1, 2),
        (1, 2, 1, 4),
        (2, 3, 1, 4),
        (3, 4, 1, 4),
        (4, 0, 1, 0),
        (1, 5, 4, 2),
        (5, 6, 3, 2),
        (6, 0, 0, 2),
        (5, 7, 4, 3),
        (7, 8, 0, 3),
        (8, 9, 0, 3),
        (9, 6, 0, 3),
        (7, 10, 4, 0),
        (10, 11, 4, 0),
        (11, 4, 4, 0),
    ]
    for start, end, left, right in lines:
        outer = 0 in (left, right)
        geometry.Append(
            ["line", number[start], number[end]],
            leftdomain=left,
            rightdomain=right,
            bc="wall" if outer else "inside",
            maxh=0.06 if (start, end) in ((2, 3), (1, 2), (3, 4)) else 0.25,
        )
    for domain, name in names.items():
        geometry.SetMaterial(domain, name)
    return ng.Mesh(geometry.GenerateMesh(maxh=0.25, grading=0.2))


SHAPES = {"microtoroid": toroid, "microdisk_on_pedestal": disk}


def solve(case: Case, order: int) -> complex:
    """Wavenumber (1/um) of the mode nearest the hint that has the polarisation and most of its
    energy in the body.
    """
    mesh = SHAPES[case.section]()
    mesh.Curve(order + 1)
    space = ng.HCurl(mesh, order=order, dirichlet="wall", complex=True) * ng.H1(
        mesh, order=order + 1, dirichlet="wall", complex=True
    )
    (e, psi), (f, chi) = space.TnT()
    r, r_s, z_s = _stretched(case)
    eps = mesh.MaterialCF({name: n**2 for name, n in case.indices.items()})
    m = case.m
    a, b = ng.BilinearForm(space, symmetric=True), ng.BilinearForm(space, symmetric=True)
    w, v = ng.grad(psi) - e, ng.grad(chi) - f
    dx = ng.dx(bonus_intorder=4)
    a += (
        r / (r_s * z_s) * ng.curl(e) * ng.curl(f)
        + m**2 / r * (z_s / r_s * w[0] * v[0] + r_s / z_s * w[1] * v[1])
    ) * dx
    plane = z_s / r_s * e[0] * f[0] + r_s / z_s * e[1] * f[1]
    b += eps * (r * plane + m**2 * r_s * z_s / r * psi * chi) * dx
    a.Assemble()
    b.Assemble()
    k = 2e3 * math.pi / case.near_nm
    fields = ng.GridFunction(space, multidim=16)
    with ng.TaskManager(pajetrace=0):
        values = ng.ArnoldiSolver(a.mat, b.mat, space.FreeDofs(), list(fields.vecs), shift=k**2)
    return _chosen(case, mesh, fields, [complex(value) for value in values], eps)


def _stretched(case: Case) -> tuple[Any, Any, Any]:
    """r~, dr~/dr, dz~/dz."""
    if not case.depth:
        return ng.x, ng.CF(1.0), ng.CF(1.0)
    strength = 2.5 * 1.3
    right, low, high = case.box
    d_r = ng.IfPos(ng.x - right, (ng.x - right) / case.depth, 0.0)
    d_z = ng.IfPos(
        ng.y - high,
        (ng.y - high) / case.depth,
        ng.IfPos(low - ng.y, (low - ng.y) / case.depth, 0.0),
    )
    rate = 3j * strength / case.depth
    return ng.x + 1j * strength * d_r**3, 1 + rate * d_r**2, 1 + rate * d_z**2


def _chosen(case: Case, mesh: ng.Mesh, fields: Any, values: list[complex], eps: Any) -> complex:
    best: tuple[float, complex] | None = None
    field = ng.GridFunction(fields.space)
    for number, value in enumerate(values):
        k = np.sqrt(value)
        field.vec.data = fields.vecs[number]
        e = field.components[0]
        parts = [
            ng.Integrate(
                eps * ng.x * ng.Norm(part) ** 2, mesh, definedon=mesh.Materials("body")
            ).real
            for part in (e[0], e[1], case.m * field.components[1] / ng.x)
        ]
        whole = ng.Integrate(eps * ng.x * ng.Norm(e) ** 2, mesh).real
        inside = (parts[0] + parts[1]) / whole
        kind = "TM" if parts[1] > parts[0] else "TE"
        if (
            kind == case.polarisation
            and inside > 0.5
            and (best is None or k.real < best[0])
            and k.real > 0
        ):
            best = (k.real, k)
    if best is None:
        raise SystemExit(f"{case.name}: no mode near {case.near_nm} nm")
    return best[1]


def main() -> None:
    """Print the reference at two orders; write or compare as asked."""
    rows = []
    only = [word for word in sys.argv[1:] if not word.startswith("--")]
    for case in CASES:
        if only and case.name not in only:
            continue
        low, high = solve(case, 5), solve(case, 6)
        row = {
            **{
                key: getattr(case, key)
                for key in ("name", "section", "parameters", "indices", "polarisation", "m")
            },
            "near_nm": case.near_nm,
            "wavelength_nm": 2e3 * math.pi / high.real,
            "relative_change_of_last_order": abs(high.real / low.real - 1),
            "q": None if not case.depth else high.real / (2 * abs(high.imag)),
        }
        rows.append(row)
        print(json.dumps(row), flush=True)
        if "--compare" in sys.argv:
            print(f"  cavitydesign: {compared(row)}", flush=True)
    if "--write" in sys.argv:
        TABLE.write_text(json.dumps(rows, indent=1) + "\n")


def compared(row: dict[str, Any]) -> str:
    """The same mode by cavitydesign."""
    from cavitydesign.materials import ConstantIndex
    from cavitydesign.mesh.files.section_file import read_section
    from cavitydesign.mesh.section_cavity import SectionCavity
    from cavitydesign.modes import ModeRequest, find_modes

    mesh = read_section(Path(__file__).parents[2] / "meshes" / f"{row['section']}.geo")
    cavity = SectionCavity.of(
        mesh, {name: ConstantIndex.of(n) for name, n in row["indices"].items()}
    )
    request = ModeRequest(row["polarisation"], row["near_nm"], None, row["m"], 1, 1, 1e-7)
    mode = find_modes(cavity, request)[f"{row['polarisation']} {row['m']} 1 0"]
    return (
        f"{mode.wavelength_nm / row['wavelength_nm'] - 1:.1e} in the wavelength, log10 Q "
        f"{mode.losses.radiation}"
    )


if __name__ == "__main__":
    main()
