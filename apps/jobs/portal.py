"""Franchise portal: the jobs of its people, each their own."""

from django.contrib import admin

from apps.jobs.models import Job
from apps.jobs.office import JobPages
from apps.org.offices.sites import portal


@admin.register(Job, site=portal)
class PortalJobAdmin(JobPages):
    """Own jobs."""
