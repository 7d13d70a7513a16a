"""Rights that begin later, end, or stand beside others: who is out of reach, and what names whom."""

from datetime import timedelta

import pytest

from apps.accounts.actor import Actor, ActorKind, Grant, Scope
from apps.accounts.models import AuditLine, StaffToken, User
from apps.accounts.models.history import versions_of
from apps.common import clock
from apps.flows.place_order import place_order
from apps.org import rules, services
from apps.org import selectors as org
from apps.org.models import RoleAssignment
from tests import books, builders
from tests.builders import Brand, once

pytestmark = pytest.mark.django_db

TOMORROW = timedelta(days=1)


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


def owner_of(brand: Brand) -> Actor:
    return builders.staff_actor("owner", rules.FRANCHISE_OWNER, franchisee=brand.anhe)


def test_a_right_that_begins_tomorrow_protects_its_person_today(brand: Brand) -> None:
    """Else whoever is below them today sets the password that opens everything tomorrow."""
    owner, wang = owner_of(brand), builders.build_staff("wang", rules.CLERK, store=brand.a1)
    services.require_may_edit(owner, wang)
    services.assign_role(
        builders.SYSTEM, wang, rules.HEAD_OFFICE_ADMIN, starts_at=clock.now() + TOMORROW
    )

    with pytest.raises(services.PersonOutranksYou):
        services.staff.set_password(owner, wang, password="known to the owner")

    wang.refresh_from_db()
    assert wang.check_password(builders.PASSWORD)


def test_whoever_begins_elsewhere_tomorrow_is_nobody_to_others(brand: Brand) -> None:
    owner, wang = owner_of(brand), User.objects.create_user("wang", builders.PASSWORD)
    assert org.require_person(owner, "wang") == wang
    services.assign_role(
        builders.SYSTEM, wang, rules.CLERK, store=brand.b1, starts_at=clock.now() + TOMORROW
    )
    with pytest.raises(org.PersonNotFound):
        org.require_person(owner, "wang")


def test_former_staff_are_not_handed_over_with_the_store(brand: Brand) -> None:
    """Their names, browsers and tills are nothing to the new owner, wherever they work now."""
    new_owner = builders.staff_actor("new", rules.FRANCHISE_OWNER, franchisee=brand.baichuan)
    wang = builders.build_staff("wang", rules.CLERK, store=brand.a1)
    services.assign_role(builders.SYSTEM, wang, rules.CLERK, store=brand.a2)
    builders.staff_token(wang)
    services.end_assignment(builders.SYSTEM, RoleAssignment.objects.get(store=brand.a1))
    brand.a1.franchisee = brand.baichuan
    brand.a1.save()

    assert [user.username for user in org.users_visible_to(new_owner)] == ["new"]
    assert list(org.staff_tokens_visible_to(new_owner)) == []
    with pytest.raises(org.PersonNotFound):
        org.require_person(new_owner, "wang")
    assert list(org.staff_tokens_visible_to(owner_of(brand))) == [StaffToken.objects.get()]


def test_a_person_of_two_owners_gives_and_ends_under_the_right_one(brand: Brand) -> None:
    user = builders.build_staff("owner", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    second = services.assign_role(
        builders.SYSTEM, user, rules.FRANCHISE_OWNER, franchisee=brand.baichuan
    )
    both, wang = org.actor_of_user(user), User.objects.create_user("wang", builders.PASSWORD)

    held = services.assign_role(both, wang, rules.CLERK, store=brand.b1)
    services.end_assignment(both, held)

    lines = AuditLine.objects.filter(actor_label="owner").order_by("id")
    assert [(line.action, line.assignment_id) for line in lines] == [
        ("staff.assign_role", second.pk),
        ("staff.end_role", second.pk),
    ]
    versions = versions_of(RoleAssignment)
    assert versions is not None
    kept = versions._default_manager.filter(pgh_obj=held.pk)
    assert {step.pgh_context["assignment"] for step in kept} == {second.pk}


def test_a_counter_sale_needs_both_rights_at_the_same_store(brand: Brand) -> None:
    """Placing in A1 and taking money in B1 is no counter sale in either."""
    seller = builders.build_staff("seller", rules.CLERK, store=brand.a1)
    places = Grant("x", frozenset({"orders.place"}), Scope.STORE, frozenset({brand.a1.pk}))
    takes = Grant("y", frozenset({"payments.take"}), Scope.STORE, frozenset({brand.b1.pk}))
    mixed = Actor(ActorKind.STAFF, seller.pk, "seller", (places, takes))
    before = books.row_counts()
    for store in (brand.a1, brand.b1):
        with pytest.raises(org.StoreNotFound):
            place_order(mixed, builders.sale_of(store, {"MILK": "1"}, 300), once(mixed))
    assert books.row_counts() == before

    waiting = builders.unpaid_order_of(brand.a1, {"MILK": "1"}, 300)
    assert place_order(mixed, waiting, once(mixed))["status"] == "pending_payment"
