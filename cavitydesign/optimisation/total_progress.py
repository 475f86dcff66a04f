"""One progress for a whole search: its stages one after the other, never backwards."""

from __future__ import annotations

from ..progress import Progress

# Names with which the messages of each stage begin, in their order, and the share of the usual time
# that the stage takes: the shipped goal has 57 solves of the search, some 90 of its yields and 15
# of its margins. What has another name belongs to the stage that runs.
_STAGES: tuple[tuple[tuple[str, ...], float], ...] = (
    ((), 0.4),
    (("designs that bear", "the design that bears", "the optimum once more"), 0.1),
    (("yield", "draws of the calibration"), 0.4),
    (("how far",), 0.1),
)
# A stage of unknown length: each further run of it takes this share of what is left of it.
_OF_THE_REST = 0.4


class TotalProgress:
    """Tells the share of the whole instead of that of a stage.

    Parameters
    ----------
    progress : callable
        Told a message and the share, which rises from 0 to 1.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._stage = 0
        self._from = self._told = self._last = 0.0

    def __call__(self, message: str, fraction: float) -> None:
        stage = next(
            (
                index
                for index, (names, _) in enumerate(_STAGES)
                if index >= self._stage and message.startswith(names)
            ),
            self._stage,
        )
        start = sum(share for _, share in _STAGES[:stage])
        end = start + _STAGES[stage][1]
        if stage != self._stage:
            self._stage, self._from = stage, max(start, self._told)
        elif fraction < self._last:
            self._from = self._told  # another run of the same stage
        self._last = fraction
        rest = max(end - self._from, 0.0)
        now = self._from + _OF_THE_REST * rest * min(max(fraction, 0.0), 1.0)
        self._told = max(self._told, min(now, 1.0))
        self._progress(message, self._told)
