"""Head office: the job center."""

from django.contrib import admin

from apps.jobs.models import Job
from apps.jobs.office import JobPages
from apps.org.offices.sites import head_office


@admin.register(Job, site=head_office)
class JobAdmin(JobPages):
    """Own jobs."""
