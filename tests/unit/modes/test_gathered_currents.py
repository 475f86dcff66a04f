"""Currents gathered onto a grid radiate as those at the points do."""

import numpy as np
import pytest
from scipy.special import jv, jvp

from cavitydesign.analytic.layers import Layers
from cavitydesign.modes.losses.currents import Currents, WeighedBessel
from cavitydesign.modes.losses.gathered import gathered
from cavitydesign.modes.losses.layered_radiation import _reaction
from cavitydesign.modes.losses.radiation import SurfaceSource

K0, POINTS = 4.05, 400


def stack(eps: list[float], heights: list[float]) -> Layers:
    across = np.array(eps)
    return Layers(across, 1.1 * across, np.array(heights))


@pytest.mark.parametrize(
    ("m", "inner_um", "outer_um", "half_um", "layers"),
    [
        (1, 0.01, 1.5, 0.8, stack([1.0], [])),
        (4, 0.02, 2.0, 0.3, stack([2.1, 1.0], [-0.1])),
        (29, 4.0, 5.5, 0.3, stack([2.1, 9.0, 1.0], [-0.15, 0.15])),  # x beyond m in the core
        (122, 20.0, 24.0, 14.0, stack([1.0], [])),
        (200, 30.0, 42.0, 1.0, stack([12.0, 2.1, 1.0], [-0.6, -0.2])),
        (900, 150.0, 160.0, 0.0, stack([1.7], [])),  # all at one height
    ],
)
@pytest.mark.parametrize("kind", ["s", "p"])
def test_gathered_currents_radiate_alike(
    m: int, inner_um: float, outer_um: float, half_um: float, layers: Layers, kind: str
) -> None:
    """Amplitudes into the upper half space by electric and magnetic currents, of two sets of
    weights, against sums over all points with SciPy's Bessel functions. To 1e-12 of what all points send that do not cancel: the
    nodes hold 1e-13, of each of two factors.
    """
    rng = np.random.default_rng(m)
    fields = rng.normal(size=(6, POINTS)) + 1j * rng.normal(size=(6, POINTS))
    r, z = rng.uniform(inner_um, outer_um, POINTS), rng.uniform(-half_um, half_um, POINTS)
    weight = rng.uniform(0.0, 1.0, POINTS)
    weights = np.stack([weight, weight * (rng.uniform(size=POINTS) < 0.5)], axis=1)
    points = Currents.of(SurfaceSource(r, z, weight, *fields), weights)
    kappa = layers.largest_along(kind, K0, -1) * np.sqrt(1.0 - np.linspace(0.0, 0.6, 23) ** 2)
    grid = gathered(points, m, K0, kappa, layers, (kind,))
    x = np.outer(kappa, r)
    exact = WeighedBessel(jv(m, x), jvp(m, x), m / x * jv(m, x))
    seen = points if kind == "s" else points.over(layers)
    waves = layers.driven(kind, K0, kappa, z)
    expected = _reaction(kind, K0, kappa, seen, *waves, exact)
    sizes = seen.sizes, *map(abs, waves), exact.sizes
    most = max(_reaction(other, K0, kappa, *sizes).max() for other in ("s", "p"))
    scale, bessel = WeighedBessel.of(m, kappa, grid.r)
    seen = grid if kind == "s" else grid.over(layers)
    waves = layers.driven(kind, K0, kappa, grid.z)
    found = np.exp(scale) * _reaction(kind, K0, kappa, seen, *waves, bessel)
    print(abs(found - expected).max() / most)
    assert abs(found - expected).max() < 1e-12 * most
