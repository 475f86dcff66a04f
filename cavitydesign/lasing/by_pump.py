"""A prediction by pulses or by continuous light, as the pump is."""

from __future__ import annotations

from collections.abc import Iterable

from ..gain import GainMedium, Pump
from ..geometry.cavity import Cavity
from ..modes.mode import Mode
from ..progress import Progress
from .competition.lasing_mode import LasingMode
from .competition.overlap import ModeOverlap
from .outcomes.spreads import Prediction
from .predict import predict_lasing
from .pulses.pulse_memory import PulseMemory
from .request import LasingRequest
from .steady.predict_continuous import predict_continuous


def predict_by_pump(
    modes: Iterable[Mode | LasingMode],
    medium: GainMedium,
    pump: Pump,
    request: LasingRequest,
    *,
    cavity: Cavity,
    overlap: ModeOverlap | None = None,
    progress: Progress | None = None,
    memory: PulseMemory | None = None,
) -> Prediction:
    """Predict lasing under the pump's kind of light: pulses or continuous light."""
    # Steady states share nothing with pulses, so that a memory of these has no use there.
    if pump.kind == "continuous":
        return predict_continuous(
            modes, medium, pump, request, cavity=cavity, overlap=overlap, progress=progress
        )
    return predict_lasing(
        modes,
        medium,
        pump,
        request,
        cavity=cavity,
        overlap=overlap,
        progress=progress,
        memory=memory,
    )
