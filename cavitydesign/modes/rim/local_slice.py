"""How the slice's wavenumber runs along the outline, where an inner interface lies in the window.

In a plain body the local slice has k_c(t) = k_c(0) R(0) / R(t). A shell that thins towards its ends
pushes its modes back harder than that, and a fibre of higher index holds them where the body ends.
The functions along the outline (fem/axial_basis.py) are those of the true k_c(t).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.polynomial import chebyshev

from ...errors import InputError, SolverError
from ...geometry.cavity import Cavity
from ...geometry.cylinder import Cylinder
from ...mesh.rim_map import Window
from ..estimates.seeds import FamilySeed, slice_wavenumber

_NODES = (
    9  # slices along the window; ln of k_c R is smooth, the functions need it to some per mille
)


def has_inner_interface(cavity: Cavity, window: Window) -> bool:
    """Whether the window reaches an interface inside the outline."""
    return min(window.element_regions) < len(cavity.regions) - 2


def tightening(cavity: Cavity, seed: FamilySeed, window: Window) -> tuple[float, ...]:
    """Chebyshev coefficients, over the window, of ln [k_c(t) R(t) / (k_c(0) R(0))]; none for a
    plain body.
    """
    if cavity.sliced or not has_inner_interface(cavity, window):
        return ()
    m = seed.orders[len(seed.orders) // 2]
    low, high = window.t_breaks[0], window.t_breaks[-1]
    t = 0.5 * (low + high) + 0.5 * (high - low) * chebyshev.chebpts1(_NODES)
    try:
        products = [_product(cavity, seed, m, float(at)) for at in (0.0, *t)]
    except (InputError, SolverError):  # the shell ends, or holds no such radial order there
        return ()
    series = chebyshev.chebfit(
        chebyshev.chebpts1(_NODES), np.log(np.array(products[1:]) / products[0]), _NODES - 1
    )
    return tuple(float(coefficient) for coefficient in series)


def _product(cavity: Cavity, seed: FamilySeed, m: int, t_um: float) -> float:
    """k_c R of the slice through the outline's point at t."""
    r, z = (float(x[0]) for x in cavity.outline.point(np.array([t_um])))
    inner = float(cavity.interface_um(cavity.fibre_radius_um, np.array([z]))[0])
    here = replace(
        cavity,
        outline=Cylinder(r),
        fibre_radius_um=max(inner, 1e-3 * r),
        fibre_taper=0.0,
        fibre_shape=None,
        sliced=True,
    )
    return r * slice_wavenumber(here, seed.polarisation, m, seed.p, seed.slice_k_per_um[m])
