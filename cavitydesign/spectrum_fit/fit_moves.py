"""From one labelling to its rivals: the same peaks under other names, where a scan on a grid may
have missed them.

Combs are nearly periodic, and those of TE and TM nearly alike: whoever fits the peaks with one set
of names can often fit them as well with all orders one higher, or with the polarisations exchanged,
at another diameter, index and offset.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from .comb_model import Family
from .fit_refine import Labelling, refitted, settled_names
from .fit_search import SpectrumLines, Start

# Labellings whose rivals are looked for: the best have the likely ones; each costs some
# refinements.
_EXPANSIONS = 6
_DEPTH = 14.0  # of log evidence: e^-14, a millionth of the best
_SHIFTS = (-1, 0, 1)  # All orders one lower, as they are, or one higher: two steps are two moves.
# Mean deviation in standard errors: with more, an exchange of names has gone wrong.
_WORST_FIT = 6.0


def explored(lines: SpectrumLines, found: list[Labelling]) -> list[Labelling]:
    """The labellings found, and the rivals of the best of them.

    Parameters
    ----------
    lines : SpectrumLines
    found : list of Labelling
        From the scan.
    """
    known, visited = list(found), 0
    done: list[Labelling] = []
    while visited < _EXPANSIONS:
        best = max((one.log_evidence for one in known), default=-math.inf)
        ahead = [
            one
            for one in known
            if one.log_evidence > best - _DEPTH and not any(one is other for other in done)
        ]
        if not ahead:
            break
        labelling = max(ahead, key=lambda one: one.log_evidence)
        done.append(labelling)
        visited += 1
        for start in rivals(lines, labelling):
            other = settled_names(lines, start, known)
            if other is not None:
                known.append(other)
    return known


def rivals(lines: SpectrumLines, labelling: Labelling) -> Iterator[Start]:
    """Starts from which the peaks of a labelling fit under other names."""
    families = lines.model.families
    middle = np.array([sum(lines.window_nm) / 2 - labelling.parameters[-1]])
    centre = lines.model.orders(middle, labelling.parameters[:1], labelling.parameters[1:-1])[
        :, 0, 0
    ]
    named = labelling.family >= 0
    for exchanged in _exchanges(families, tuple(labelling.centre_orders)):
        renamed_to = np.array([exchanged.get(f, f) for f in range(len(families))])
        step = np.rint(centre[renamed_to] - centre).astype(np.intp)
        for shift in _SHIFTS:
            if shift == 0 and not exchanged:
                continue
            family = np.where(named, renamed_to[labelling.family], -1)
            order = np.where(named, labelling.order + step[labelling.family] + shift, 0)
            parameters, deviation = refitted(lines, family, order, labelling.parameters)
            if deviation < _WORST_FIT:
                yield Start(float(parameters[0]), parameters[1:-1], 0.0, float(parameters[-1]))


def _exchanges(families: tuple[Family, ...], present: tuple[int, ...]) -> list[dict[int, int]]:
    """Which families take the names of which: none, each alone for its like of the other
    polarisation, all at once.
    """
    like: dict[int, int] = {}
    for f in present:
        other = Family(
            "TE" if families[f].polarisation == "TM" else "TM", families[f].p, families[f].q
        )
        if other in families:
            like[f] = families.index(other)
    exchanges: list[dict[int, int]] = [{}, like] if like else [{}]
    if len(like) > 1:
        exchanges += [{f: other} for f, other in like.items() if other not in present]
    return exchanges
