"""The weak form of the vector problem for exp(i m phi): scikit-fem forms, read by its assembly and
by ours (fem/contraction.py).

    find k0, E = (E_r, E_z) in H(curl) and psi in H1 with, for all F and chi,

    int r curl E curl F + (m^2 / r) (grad psi - E).(grad chi - F)
        = k0^2 int eps [ r E.F + m^2 psi chi / r ]                        over the meridian plane

with E_phi = i m psi / r (derived in docs/theory-modes.md). The two spaces are an exact sequence, so
that the null space sits at k0 = 0 and nowhere else. No form holds m, a wavelength or an index: the
left side is K0 + m^2 K2, the right side a sum over regions of eps (B_t + m^2 B_phi). In a uniaxial
medium with its axis along z the extraordinary permittivity acts on E_z and the ordinary one on the
rest, so that B_t falls into B_r + B_z.
"""

from __future__ import annotations

from typing import Any

from skfem import BilinearForm
from skfem.helpers import curl, dot, grad


@BilinearForm  # type: ignore[untyped-decorator]
def curl_curl(e: Any, psi: Any, f: Any, chi: Any, w: Any) -> Any:
    """K0: the azimuthal component of curl E, (curl E)_phi = d_z E_r - d_r E_z."""
    r, _ = w.x
    return r * curl(e) * curl(f)


@BilinearForm  # type: ignore[untyped-decorator]
def curl_curl_azimuthal(e: Any, psi: Any, f: Any, chi: Any, w: Any) -> Any:
    """K2: the other two, i m (grad psi - E) / r turned by a right angle."""
    r, _ = w.x
    return dot(grad(psi) - e, grad(chi) - f) / r


@BilinearForm  # type: ignore[untyped-decorator]
def mass_plane(e: Any, psi: Any, f: Any, chi: Any, w: Any) -> Any:
    """B_t: E_r and E_z in an isotropic medium."""
    r, _ = w.x
    return r * dot(e, f)


@BilinearForm  # type: ignore[untyped-decorator]
def mass_radial(e: Any, psi: Any, f: Any, chi: Any, w: Any) -> Any:
    """B_r: E_r alone, which sees the ordinary index."""
    r, _ = w.x
    return r * e[0] * f[0]


@BilinearForm  # type: ignore[untyped-decorator]
def mass_axial(e: Any, psi: Any, f: Any, chi: Any, w: Any) -> Any:
    """B_z: E_z alone, which sees the extraordinary index."""
    r, _ = w.x
    return r * e[1] * f[1]


@BilinearForm  # type: ignore[untyped-decorator]
def mass_azimuthal(e: Any, psi: Any, f: Any, chi: Any, w: Any) -> Any:
    """B_phi: E_phi."""
    r, _ = w.x
    return psi * chi / r


def affine_forms(uniaxial: bool) -> dict[str, BilinearForm]:
    """The forms of a problem by the name of their matrix; `plane` is B_t, or B_r beside B_z."""
    forms = {
        "curl": curl_curl,
        "gradient": curl_curl_azimuthal,
        "azimuthal": mass_azimuthal,
    }
    if uniaxial:
        return {**forms, "plane": mass_radial, "axial": mass_axial}
    return {**forms, "plane": mass_plane}
