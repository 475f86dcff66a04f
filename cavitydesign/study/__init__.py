"""Parametric studies: points from axes, one stored record a point, executors, tables. Knows no
physics.
"""

from .axes import Axis, Value
from .estimate import Estimate, estimated
from .executor import Executor, SerialExecutor
from .fingerprint import canonical_text, fingerprint
from .process_executor import ProcessExecutor
from .record import Record
from .run import RunSummary, run_study
from .status import StudyStatus, study_status
from .store import Store
from .study import Study
from .study_file import load_study
from .table import Table, study_table
from .user_file import DesignSchema

__all__ = [
    "Axis",
    "DesignSchema",
    "Estimate",
    "Executor",
    "ProcessExecutor",
    "Record",
    "RunSummary",
    "SerialExecutor",
    "Store",
    "Study",
    "StudyStatus",
    "Table",
    "Value",
    "canonical_text",
    "estimated",
    "fingerprint",
    "load_study",
    "run_study",
    "study_status",
    "study_table",
]
