"""Writes of the job center: imports, exports and bulk changes, and the worker's side of them."""

from apps.jobs.services.changing import ChangeReasonWanted, ChangeRowsWanted, create_change
from apps.jobs.services.ending import sweep_expired
from apps.jobs.services.exporting import (
    ExportColumnsWanted,
    ExportFormatUnknown,
    ExportReasonWanted,
    create_export,
)
from apps.jobs.services.files import JobFileExpired, JobFileNotFound, open_file
from apps.jobs.services.held import EXPORT, narrowed
from apps.jobs.services.importing import (
    Headings,
    JobInOnePiece,
    JobNotReady,
    MappingIncomplete,
    MappingWrong,
    ask_cancel,
    check_import,
    create_import,
    headings_of,
    start,
)
from apps.jobs.services.reaching import JobFileOutOfReach
from apps.jobs.services.running import claim, run, run_due
from apps.jobs.services.templates import template

__all__ = [
    "EXPORT", "ChangeReasonWanted", "ChangeRowsWanted", "ExportColumnsWanted", "ExportFormatUnknown",
    "ExportReasonWanted", "Headings", "JobFileExpired", "JobFileNotFound", "JobFileOutOfReach", "JobInOnePiece", "JobNotReady",
    "MappingIncomplete", "MappingWrong", "ask_cancel", "check_import", "claim", "create_change",
    "create_export", "create_import", "headings_of", "narrowed", "open_file", "run", "run_due", "start",
    "sweep_expired", "template",
]  # fmt: skip
