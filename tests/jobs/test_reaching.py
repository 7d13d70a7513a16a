"""A file is its owner's as long as they reach the rows in which it was made."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from apps.accounts.actor import Actor, Grant, Scope
from apps.accounts.models import AuditLine, User
from apps.common import clock
from apps.flows.place_order import place_order
from apps.jobs import services
from apps.jobs.models import Job, JobFile
from apps.jobs.rules import Asked
from apps.jobs.services import reaching
from apps.orders.models import Order
from apps.org import rules as roles
from apps.org import services as org
from apps.org.models import RoleAssignment
from apps.org.selectors import actor_of_user
from tests import builders
from tests.builders import Brand
from tests.jobs import sheets
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db

OWNER = "regional"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def brand() -> Brand:
    """An unpaid order at A1 in the east, another at B1 in the north; a manager of the east."""
    brand = builders.build_brand()
    for store in (brand.a1, brand.b1):
        clerk = builders.clerk_at(store, f"clerk{store.code}")
        sale = builders.unpaid_order_of(store, {"TEA": "1"}, 1999)
        place_order(clerk, sale, builders.once(clerk))
    builders.build_staff(OWNER, roles.REGIONAL_MANAGER, region=brand.east)
    return brand


def owner() -> Actor:
    return actor_of_user(User.objects.get(username=OWNER))


def now_instead(role: str, **scope: Any) -> Actor:
    """The roles of the owner end, and another one begins."""
    user = User.objects.get(username=OWNER)
    RoleAssignment.objects.filter(user=user).update(ends_at=clock.now())
    org.assign_role(builders.SYSTEM, user, role, **scope)
    return owner()


def exported() -> Job:
    job = services.create_export(
        owner(), subject="orders.order", office="admin", query="", asked=Asked("csv", ("number",))
    )
    services.run_due()
    job.refresh_from_db()
    assert job.status == "done"
    return job


def downloads() -> int:
    return AuditLine.objects.filter(action="jobs.download").count()


def refused(actor: Actor, job: Job, role: str = "result") -> bool:
    before = downloads()
    try:
        services.open_file(actor, job, role)
    except services.JobFileOutOfReach:
        assert downloads() == before
        return True
    assert downloads() == before + 1
    return False


def test_another_region_has_not_the_file_of_the_first(brand: Brand) -> None:
    job = exported()
    assert job.options[reaching.ROWS] == [["region", [brand.east.pk]]]
    assert not refused(owner(), job)
    assert refused(now_instead(roles.REGIONAL_MANAGER, region=brand.north), job)


def test_the_same_region_by_another_assignment_has_it(brand: Brand) -> None:
    job = exported()
    before = owner().grants[0].assignment
    again = now_instead(roles.REGIONAL_MANAGER, region=brand.east)
    assert again.grants[0].assignment != before
    assert not refused(again, job)


def test_who_reaches_more_than_before_has_it(brand: Brand) -> None:
    job = exported()
    org.assign_role(
        builders.SYSTEM, User.objects.get(username=OWNER), roles.REGIONAL_MANAGER, region=brand.north
    )  # fmt: skip
    assert not refused(owner(), job)
    both = exported()
    assert not refused(now_instead(roles.OPERATIONS), both)
    assert refused(now_instead(roles.REGIONAL_MANAGER, region=brand.east), both)


def test_the_page_says_what_to_do(brand: Brand) -> None:
    job = exported()
    now_instead(roles.REGIONAL_MANAGER, region=brand.north)
    client: Client = signed_in(User.objects.get(username=OWNER))
    answer = client.get(f"/admin/jobs/job/{job.pk}/result/", follow=True)
    assert answer.redirect_chain == [(f"/admin/jobs/job/{job.pk}/change/", 302)]
    assert "rows that your roles do not reach any more. Start it again" in answer.content.decode()
    assert Order.objects.get(store=brand.a1).number not in answer.content.decode()
    assert downloads() == 0


def test_values_in_clear_take_the_right_on_the_same_rows(brand: Brand) -> None:
    now_instead(roles.HEAD_OFFICE_ADMIN)
    job = _in_clear()
    assert job.options[reaching.CLEAR] == [["all", []]]
    assert not refused(owner(), job)
    job.options |= {reaching.CLEAR: [["region", [brand.east.pk]]]}
    everywhere = Grant("x", frozenset(), Scope.ALL)
    north = Grant("x", frozenset(), Scope.REGION, frozenset({brand.north.pk}))
    reaching.require(job, reaching.CLEAR, [everywhere])
    with pytest.raises(services.JobFileOutOfReach):
        reaching.require(job, reaching.CLEAR, [north])


def _in_clear() -> Job:
    wanted = Asked("csv", ("number", "name"), ("name",), "recall")
    job = services.create_export(
        owner(), subject="members.member", office="admin", query="", asked=wanted
    )
    services.run_due()
    job.refresh_from_db()
    return job


def test_a_file_that_does_not_say_is_for_who_reaches_everything(brand: Brand) -> None:
    job = exported()
    del job.options[reaching.ROWS]
    assert refused(owner(), job)
    assert not refused(now_instead(roles.OPERATIONS), job)


def test_the_skipped_rows_of_a_bulk_change_too(brand: Brand) -> None:
    Order.objects.filter(store=brand.a1).update(status="paid")
    job = services.create_change(
        owner(), subject="orders.cancel_unpaid", office="admin", query="", chosen=None,
        options={"reason": "season is over"},
    )  # fmt: skip
    services.run_due()
    services.start(owner(), job)
    services.run_due()
    job.refresh_from_db()
    assert (job.status, job.counts) == ("done", {"skipped": 1})
    assert not refused(owner(), job)
    assert refused(now_instead(roles.REGIONAL_MANAGER, region=brand.north), job)


def test_a_change_that_goes_on_under_another_role_keeps_both(brand: Brand) -> None:
    """Judged in the east, done as manager of the north: the file names rows of the east."""
    Order.objects.filter(store=brand.a1).update(status="paid")
    job = services.create_change(
        owner(), subject="orders.cancel_unpaid", office="admin", query="", chosen=None,
        options={"reason": "season is over"},
    )  # fmt: skip
    services.run_due()
    north = now_instead(roles.REGIONAL_MANAGER, region=brand.north)
    services.start(north, job)
    services.run_due()
    job.refresh_from_db()
    assert job.options[reaching.ROWS] == [["region", [brand.east.pk, brand.north.pk]]]
    assert JobFile.objects.filter(job=job, role="result").exists()
    assert refused(north, job)


def test_the_refused_rows_of_an_import_too(brand: Brand) -> None:
    with sheets.registered():
        everywhere = now_instead(roles.OPERATIONS)
        job = sheets.checked(everywhere, sheets.csv_of([("A", "bad")]))
        services.start(everywhere, job, policy="dry_run")
        services.run_due()
        job.refresh_from_db()
        assert job.options[reaching.ROWS] == [["all", []]]
        assert not refused(everywhere, job, "errors")
        job.options |= {reaching.ROWS: [["region", [1]], ["store", [2]]]}
        with pytest.raises(services.JobFileOutOfReach):
            reaching.require(
                job, reaching.ROWS, [Grant("x", frozenset(), Scope.STORE, frozenset({2}))]
            )
