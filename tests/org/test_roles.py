"""Roles: from and to, nobody gives what they lack, and a right of one store is none of another."""

from datetime import timedelta

import pytest
import time_machine

from apps.accounts.actor import Actor
from apps.accounts.models import AuditLine, User
from apps.common import clock
from apps.flows.cancel_order import cancel_order
from apps.flows.place_order import place_order
from apps.orders.selectors import OrderNotFound
from apps.org import rules, services
from apps.org import selectors as org
from apps.org.models import RoleAssignment
from tests import builders
from tests.builders import Brand

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def wang(brand: Brand) -> User:
    return User.objects.create_user("wang", builders.PASSWORD)


def owner_of_anhe(brand: Brand) -> Actor:
    return builders.staff_actor("owner", rules.FRANCHISE_OWNER, franchisee=brand.anhe)


def roles_of(user: User) -> list[str]:
    return [grant.role for grant in org.actor_of_user(user).grants]


def test_a_role_holds_from_its_start_up_to_its_end(brand: Brand, wang: User) -> None:
    start = clock.now() + HOUR
    token = builders.staff_token(wang)
    services.assign_role(
        builders.SYSTEM, wang, rules.CLERK, store=brand.a1, starts_at=start, ends_at=start + HOUR
    )

    def held(at: object) -> tuple[list[str], list[str]]:
        with time_machine.travel(at, tick=False):
            by_token = org.staff_by_token(token)
            assert by_token is not None
            return roles_of(wang), [grant.role for grant in by_token.grants]

    assert held(start - timedelta(seconds=1)) == ([], [])
    assert held(start) == (["clerk"], ["clerk"])
    assert held(start + HOUR - timedelta(seconds=1)) == (["clerk"], ["clerk"])
    assert held(start + HOUR) == ([], [])


@pytest.mark.parametrize("length", [timedelta(0), -HOUR])
def test_an_assignment_ends_after_it_starts(brand: Brand, wang: User, length: timedelta) -> None:
    start = clock.now()
    with pytest.raises(services.ScopeNotFitting):
        services.assign_role(
            builders.SYSTEM,
            wang,
            rules.CLERK,
            store=brand.a1,
            starts_at=start,
            ends_at=start + length,
        )
    assert not RoleAssignment.objects.filter(user=wang).exists()
    assert not AuditLine.objects.filter(object_key="wang").exists()


def test_the_same_role_twice_at_a_time_is_refused_and_again_later_is_not(
    brand: Brand, wang: User
) -> None:
    start = clock.now()
    give = {"store": brand.a1, "starts_at": start, "ends_at": start + HOUR}
    services.assign_role(builders.SYSTEM, wang, rules.CLERK, **give)

    with pytest.raises(services.RoleHeldAlready):
        services.assign_role(builders.SYSTEM, wang, rules.CLERK, **give)
    assert RoleAssignment.objects.filter(user=wang).count() == 1

    services.assign_role(builders.SYSTEM, wang, rules.CLERK, store=brand.a1, starts_at=start + HOUR)
    services.assign_role(builders.SYSTEM, wang, rules.CLERK, store=brand.a2)
    assert RoleAssignment.objects.filter(user=wang).count() == 3


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (rules.FINANCE, "a1"),
        (rules.CLERK, "east"),
        (rules.CLERK, ""),
        (rules.REGIONAL_MANAGER, "anhe"),
        (rules.FRANCHISE_OWNER, "a1"),
    ],
)
def test_a_role_takes_rows_of_its_own_kind(brand: Brand, wang: User, role: str, scope: str) -> None:
    kinds = {"a1": "store", "east": "region", "anhe": "franchisee"}
    rows = {kinds[scope]: getattr(brand, scope)} if scope else {}
    with pytest.raises(services.ScopeNotFitting):
        services.assign_role(builders.SYSTEM, wang, role, **rows)
    assert not RoleAssignment.objects.filter(user=wang).exists()


def test_an_owner_gives_roles_in_own_stores_only(brand: Brand, wang: User) -> None:
    owner = owner_of_anhe(brand)
    services.assign_role(owner, wang, rules.STORE_MANAGER, store=brand.a1)

    for role, rows in (
        (rules.CLERK, {"store": brand.b1}),  # another owner's store
        (rules.CLERK, {"store": brand.direct}),  # the brand's own
        (rules.FRANCHISE_OWNER, {"franchisee": brand.baichuan}),
        (rules.REGIONAL_MANAGER, {"region": brand.east}),  # wider than own stores
        (rules.HEAD_OFFICE_ADMIN, {}),
        (rules.FINANCE, {}),
    ):
        with pytest.raises(services.GrantExceedsOwn):
            services.assign_role(owner, wang, role, **rows)

    assert roles_of(wang) == [rules.STORE_MANAGER]


def test_the_owner_of_today_gives_roles_after_a_store_changed_hands(
    brand: Brand, wang: User
) -> None:
    owner = owner_of_anhe(brand)
    brand.a2.franchisee = brand.baichuan
    brand.a2.save()

    with pytest.raises(services.GrantExceedsOwn):
        services.assign_role(owner, wang, rules.CLERK, store=brand.a2)
    assert roles_of(wang) == []


@pytest.mark.parametrize(
    "role", [rules.OPERATIONS, rules.FINANCE, rules.CUSTOMER_SERVICE, rules.AUDITOR]
)
def test_who_does_not_manage_staff_gives_nothing(brand: Brand, wang: User, role: str) -> None:
    with pytest.raises(services.GrantExceedsOwn):
        services.assign_role(builders.staff_actor("x", role), wang, rules.CLERK, store=brand.a1)
    assert roles_of(wang) == []


def test_the_head_office_administrator_holds_every_action_of_every_role() -> None:
    every = frozenset().union(*rules.ROLE_ACTIONS.values())
    assert rules.ROLE_ACTIONS[rules.HEAD_OFFICE_ADMIN] == every
    assert every >= rules.SEPARATE


def test_rights_of_two_assignments_are_never_mixed(brand: Brand, wang: User) -> None:
    """Cancelling is allowed in A1; in B1 the same person may only sell."""
    services.assign_role(builders.SYSTEM, wang, rules.STORE_MANAGER, store=brand.a1)
    services.assign_role(builders.SYSTEM, wang, rules.CLERK, store=brand.b1)
    both = org.actor_of_user(wang)
    numbers = {}
    for store in (brand.a1, brand.b1):
        asked = builders.unpaid_order_of(store, {"MILK": "1"}, 300)
        numbers[store.code] = place_order(both, asked, builders.once(both))["number"]

    cancel_order(both, numbers["A1"], reason="test", once=builders.once(both))
    with pytest.raises(OrderNotFound):
        cancel_order(both, numbers["B1"], reason="test", once=builders.once(both))


def test_the_line_names_the_assignment_that_was_used(brand: Brand, wang: User) -> None:
    in_a1 = services.assign_role(builders.SYSTEM, wang, rules.CLERK, store=brand.a1)
    in_b1 = services.assign_role(builders.SYSTEM, wang, rules.STORE_MANAGER, store=brand.b1)
    both = org.actor_of_user(wang)
    for store, used in ((brand.a1, in_a1), (brand.b1, in_b1)):
        sale = builders.sale_of(store, {"MILK": "1"}, 300)
        number = place_order(both, sale, builders.once(both))["number"]
        line = AuditLine.objects.get(action="orders.place", object_key=number)
        assert (line.assignment_id, line.role) == (used.pk, used.role)


def test_nobody_changes_a_person_who_holds_more(brand: Brand, wang: User) -> None:
    owner = owner_of_anhe(brand)
    services.assign_role(builders.SYSTEM, wang, rules.CLERK, store=brand.a1)
    services.require_may_edit(owner, wang)

    elsewhere = services.assign_role(builders.SYSTEM, wang, rules.CLERK, store=brand.b1)
    with pytest.raises(services.PersonOutranksYou):
        services.require_may_edit(owner, wang)

    services.end_assignment(builders.SYSTEM, elsewhere)
    services.require_may_edit(owner, wang)


def test_a_role_ends_at_once_and_stays_in_the_books(brand: Brand, wang: User) -> None:
    owner = owner_of_anhe(brand)
    held = services.assign_role(owner, wang, rules.CLERK, store=brand.a1)

    services.end_assignment(owner, held, reason="left the company")

    assert roles_of(wang) == []
    held.refresh_from_db()
    assert held.ends_at is not None
    line = AuditLine.objects.get(action="staff.end_role")
    assert (line.object_key, line.reason) == ("wang", "left the company")
    assert (line.changes["scope"], line.role) == ("A1", rules.FRANCHISE_OWNER)
    with pytest.raises(services.AssignmentNotFound):
        services.end_assignment(owner, held, reason="again")
    assert AuditLine.objects.filter(action="staff.end_role").count() == 1


def test_a_role_that_has_not_begun_is_taken_back_whole(brand: Brand, wang: User) -> None:
    held = services.assign_role(
        builders.SYSTEM, wang, rules.CLERK, store=brand.a1, starts_at=clock.now() + HOUR
    )
    services.end_assignment(builders.SYSTEM, held)
    assert not RoleAssignment.objects.filter(pk=held.pk).exists()


def test_a_foreign_assignment_cannot_be_ended(brand: Brand, wang: User) -> None:
    owner = owner_of_anhe(brand)
    held = services.assign_role(builders.SYSTEM, wang, rules.CLERK, store=brand.b1)
    for actor in (owner, builders.clerk_at(brand.b1)):
        with pytest.raises(services.AssignmentNotFound):
            services.end_assignment(actor, held)
    assert roles_of(wang) == [rules.CLERK]


def test_staff_are_seen_by_the_owner_of_today(brand: Brand, wang: User) -> None:
    owner = owner_of_anhe(brand)
    services.assign_role(builders.SYSTEM, wang, rules.CLERK, store=brand.a1)
    builders.build_staff("zhao", rules.CLERK, store=brand.b1)
    seen = org.users_visible_to(owner).values_list("username", flat=True)
    assert sorted(seen) == ["owner", "wang"]

    brand.a1.franchisee = brand.baichuan
    brand.a1.save()
    assert sorted(org.users_visible_to(owner).values_list("username", flat=True)) == ["owner"]
