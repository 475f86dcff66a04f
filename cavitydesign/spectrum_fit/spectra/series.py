"""A power series measured: its peaks followed over fluence, each with light, width and shift, and
the spectrum as a whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from ...errors import InputError
from ...lasing.outcomes.break_count import CountedBreaks, count_breaks
from .peak_finding import found_lines
from .series_background import drifted_background
from .series_file import Series
from .shot import Shot
from .spectrum_noise import noise_of

# Share of the mode spacing within which a line is taken for that of the fluence before: half would
# let neighbours swap, and modes shift by less than a tenth of the spacing between two fluences of
# the published series.
_SAME_LINE = 0.35
# No neighbour can be mistaken for it, and lines of published series shift by less than 0.4 nm
# between two fluences.
_LONE_NM = 1.0
# A line that was not seen in so many fluences in a row may still come back.
_ABSENT = 3
# A line counts as lasing beside the strongest with a tenth of its light or more.
_COMPETE_DB = 10.0


@dataclass(frozen=True, eq=False)
class Track:
    """One line over all fluences; not-a-number where it was not seen.

    Attributes
    ----------
    wavelength_nm, error_nm, fwhm_nm, light : (n,) arrays
        Centre, its standard deviation, full width at half maximum, area under the line.
    label : str or None
        Mode, where a design was given.
    breaks : CountedBreaks or None
        Of its light curve; None with too few points.
    """

    wavelength_nm: Array
    error_nm: Array
    fwhm_nm: Array
    light: Array
    label: str | None = None
    breaks: CountedBreaks | None = None

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Fluences at which the line was found."""
        return np.isfinite(self.wavelength_nm)

    @property
    def usual_nm(self) -> float:
        """Median wavelength."""
        return float(np.nanmedian(self.wavelength_nm))


@dataclass(frozen=True, eq=False)
class MeasuredSeries:
    """What a power series says.

    Attributes
    ----------
    fluence_mj_cm2 : (n,) array
    light : (n,) array
        All light above the background, in counts nm a second.
    modes : (n,) array of int
        Lines within 10 dB of the strongest.
    centre_nm, width_nm : (n,) arrays
        First moment of the spectrum above the background, and twice its standard deviation.
    breaks : CountedBreaks or None
        Of all light.
    tracks : tuple of Track
        By rising wavelength.
    warnings, notes : tuple of str
    """

    fluence_mj_cm2: Array
    light: Array
    modes: NDArray[np.int64]
    centre_nm: Array
    width_nm: Array
    breaks: CountedBreaks | None
    tracks: tuple[Track, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]

    def to_json_dict(self) -> dict[str, Any]:
        """The series as JSON holds it; what was not seen is null."""
        return {
            "fluence_mj_cm2": self.fluence_mj_cm2.tolist(),
            "light": _listed(self.light),
            "modes": self.modes.tolist(),
            "centre_nm": _listed(self.centre_nm),
            "width_nm": _listed(self.width_nm),
            "breaks": _breaks(self.breaks),
            "lines": [
                {
                    "label": each.label,
                    "wavelength_nm": _listed(each.wavelength_nm),
                    "wavelength_error_nm": _listed(each.error_nm),
                    "fwhm_nm": _listed(each.fwhm_nm),
                    "light": _listed(each.light),
                    "appears_at_mj_cm2": float(self.fluence_mj_cm2[int(np.argmax(each.seen))]),
                    "shift_nm": _shift(each),
                    "breaks": _breaks(each.breaks),
                }
                for each in self.tracks
            ],
            "warnings": list(self.warnings),
            "notes": list(self.notes),
        }


def measured_series(series: Series) -> MeasuredSeries:
    """Find the lines of each spectrum and follow them.

    Parameters
    ----------
    series : Series

    Raises
    ------
    InputError
        If no spectrum shows a line.
    """
    fluence = np.array([shot.fluence_mj_cm2 for shot in series.shots])
    lines = [_lines_of(shot) for shot in series.shots]
    if not any(len(each) for each in lines):
        raise InputError("series: no line stands out of the noise in any spectrum")
    tracks = tuple(
        replace(track, breaks=_counted(fluence, track.light)) for track in _followed(lines)
    )
    whole = np.array([_moments(shot) for shot in series.shots])
    return MeasuredSeries(
        fluence,
        whole[:, 0],
        np.array([_competing(each) for each in lines], dtype=np.int64),
        whole[:, 1],
        whole[:, 2],
        _counted(fluence, whole[:, 0]),
        tracks,
        tuple(_warnings(series)),
        series.notes,
    )


def _lines_of(shot: Shot) -> Array:
    """(n, 4): wavelength, error, full width, area."""
    even = np.linspace(shot.wavelength_nm[0], shot.wavelength_nm[-1], len(shot.wavelength_nm))
    light = np.interp(even, shot.wavelength_nm, shot.light)
    step = float(even[1] - even[0])
    rows = []
    for line in found_lines(light):
        # Area of a pseudo-Voigt profile: Lorentzian pi/2, Gaussian sqrt(pi / (4 ln 2)), per height
        # and full width.
        shape = line.share * 0.5 * math.pi + (1.0 - line.share) * math.sqrt(
            math.pi / (4.0 * math.log(2.0))
        )
        width = line.width * step
        rows.append(
            (even[0] + line.centre * step, line.error * step, width, line.height * width * shape)
        )
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def _followed(lines: Sequence[Array]) -> list[Track]:
    """Link the lines of neighbouring fluences, from the spectrum with most lines outwards."""
    start = int(np.argmax([len(each) for each in lines]))
    reach = _reach(lines[start])
    tracks: list[dict[int, Array]] = [{start: line} for line in lines[start]]
    for directions in (range(start - 1, -1, -1), range(start + 1, len(lines))):
        for spectrum_index in directions:
            _link(tracks, lines[spectrum_index], spectrum_index, reach)
    tracks.sort(key=lambda track: float(np.median([line[0] for line in track.values()])))
    return [_track(track, len(lines)) for track in tracks]


def _reach(lines: Array) -> float:
    """How far a line may move from one fluence to the next, nm."""
    if len(lines) < 2:
        return _LONE_NM
    return _SAME_LINE * float(np.median(np.diff(np.sort(lines[:, 0]))))


def _link(tracks: list[dict[int, Array]], lines: Array, spectrum_index: int, reach: float) -> None:
    from scipy.optimize import linear_sum_assignment

    near: list[dict[int, Array]] = []
    last: list[float] = []
    for track in tracks:
        closest = min(track, key=lambda known: abs(known - spectrum_index))
        if abs(closest - spectrum_index) <= _ABSENT + 1:
            near.append(track)
            last.append(float(track[closest][0]))
    taken: set[int] = set()
    if near and len(lines):
        apart = np.abs(np.array(last)[:, None] - lines[None, :, 0])
        cost = np.where(apart <= reach, apart, 1e6)
        for row, column in zip(*linear_sum_assignment(cost), strict=True):
            if apart[row, column] <= reach:
                near[row][spectrum_index] = lines[column]
                taken.add(int(column))
    tracks += [{spectrum_index: line} for column, line in enumerate(lines) if column not in taken]


def _track(track: dict[int, Array], count: int) -> Track:
    table = np.full((count, 4), np.nan)
    for spectrum_index, line in track.items():
        table[spectrum_index] = line
    return Track(table[:, 0], table[:, 1], table[:, 2], table[:, 3])


def _competing(lines: Array) -> int:
    if not len(lines):
        return 0
    return int((lines[:, 3] >= lines[:, 3].max() * 10.0 ** (-0.1 * _COMPETE_DB)).sum())


def _moments(shot: Shot) -> tuple[float, float, float]:
    """Light above the background, its centre and width; not-a-number where there is none."""
    ground = float(np.quantile(shot.light, 0.1))
    noise = float(np.sqrt(np.median(noise_of(shot.light).variance)))
    above = shot.light - ground
    total = float(np.trapezoid(above, shot.wavelength_nm))
    seen = np.where(above > 3.0 * noise, above, 0.0)
    weight = float(np.trapezoid(seen, shot.wavelength_nm))
    if weight <= 0 or total <= 0:
        return max(total, math.nan), math.nan, math.nan
    centre = float(np.trapezoid(seen * shot.wavelength_nm, shot.wavelength_nm)) / weight
    variance = float(np.trapezoid(seen * (shot.wavelength_nm - centre) ** 2, shot.wavelength_nm))
    return total, centre, 2.0 * math.sqrt(variance / weight)


def _counted(fluence: Array, light: Array) -> CountedBreaks | None:
    """Breaks of a light curve, None with fewer points than a fit needs."""
    seen = np.isfinite(light) & (light > 0)
    try:
        return count_breaks(fluence[seen], light[seen])
    except InputError:
        return None


def _warnings(series: Series) -> list[str]:
    found = [
        f"{shot.source}: the detector is saturated: several neighbouring samples stand at the "
        "greatest value; its light is too low"
        for shot in series.shots
        if shot.saturated
    ]
    drift = drifted_background(series.shots)
    return found if drift is None else [*found, drift]


def _shift(track: Track) -> float | None:
    """Wavelength at the highest minus that at the lowest fluence where the line was seen."""
    seen = track.wavelength_nm[track.seen]
    return float(seen[-1] - seen[0]) if len(seen) > 1 else None


def _breaks(found: CountedBreaks | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "breaks_mj_cm2": list(found.breaks_mj_cm2),
        "breaks_error_mj_cm2": list(found.breaks_error_mj_cm2),
        "slopes": list(found.slopes),
        "slopes_error": list(found.slopes_error),
    }


def _listed(values: Array) -> list[float | None]:
    return [float(each) if math.isfinite(each) else None for each in values]
