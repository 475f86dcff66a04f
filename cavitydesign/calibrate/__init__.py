"""Constants of a gain medium from a laboratory's own cavities, with their intervals."""

from .answer import CalibrationAnswer
from .calibration_file import load_calibration
from .calibration_run import calibrate
from .calibration_spec import Calibration

__all__ = ["Calibration", "CalibrationAnswer", "calibrate", "load_calibration"]
