"""What head office and the portal both show of jobs: everybody's own."""

from apps.jobs.office.bringing import BringsIn
from apps.jobs.office.pages import JobPages

__all__ = ["BringsIn", "JobPages"]
