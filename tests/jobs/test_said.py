"""What a job is called, and what its owner is told of its end."""

import pytest
from django.utils import translation

from apps.jobs import registry
from apps.jobs.models import Job


def job(code: str, **options: object) -> Job:
    return Job(kind="export", subject="orders.order", code=code, options=options)


def test_an_end_is_said_in_words_of_the_person() -> None:
    with translation.override("en"):
        assert registry.said(job("")) == ""
        assert registry.said(job("not_permitted")) == "Your role does not allow this."
        assert registry.said(job("internal_error")).startswith("Something went wrong on our side.")
        assert registry.said(job("export_unfinished")).startswith("The file could not be finished")
        assert registry.said(job("nobody_knows")) == registry.said(job("internal_error"))
        said = registry.said(job("export_too_large", refused={"rows": "300,000"}))
        assert said == "The list has more than 300,000 rows. Narrow it by its filters."


@pytest.mark.parametrize(
    ("kind", "subject", "title"),
    [
        ("export", "orders.order", "Orders: list"),
        ("change", "products.take_off_sale", "Take off sale"),
        ("import", "products.prices", "Prices"),
        ("export", "gone.away", "gone.away"),
    ],
)
def test_a_job_is_called_by_what_it_does(kind: str, subject: str, title: str) -> None:
    with translation.override("en"):
        assert registry.title_of(Job(kind=kind, subject=subject)) == title
