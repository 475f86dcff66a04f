"""Constants of a gain medium from a laboratory's own cavities, with their intervals."""

from .answer import CalibrationAnswer
from .calibration_file import load_calibration
from .run import calibrate
from .spec import Calibration

__all__ = ["Calibration", "CalibrationAnswer", "calibrate", "load_calibration"]
