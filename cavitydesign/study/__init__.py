"""Parametric studies: points from axes, one stored record a point, executors, tables. Knows no
physics.
"""

from .axes import Axis, Value
from .estimate import Estimate, estimated
from .executors.executor import Executor, SerialExecutor
from .executors.process_executor import ProcessExecutor
from .files.study_file import load_study
from .files.user_file import DesignSchema
from .records.fingerprint import canonical_text, fingerprint
from .records.record import Record
from .records.store import Store
from .status import StudyStatus, study_status
from .study_definition import Study
from .study_run import RunSummary, first_failure, run_study
from .table import Table, study_table

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
    "first_failure",
    "load_study",
    "run_study",
    "study_status",
    "study_table",
]
