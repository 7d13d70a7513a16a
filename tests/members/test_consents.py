"""Whom a portal sees: the members its stores acquired, and those who consented, as long as they do."""

from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction

from apps.accounts.actor import Actor
from apps.accounts.models import AuditLine
from apps.common import clock
from apps.flows.change_owner import change_owner, move_store
from apps.flows.place_order import place_order
from apps.flows.tasks import hand_over_stores
from apps.loyalty import selectors as loyalty
from apps.members import selectors, services
from apps.members.models import Member, StoreConsent
from apps.org import rules
from apps.org.models import Store, Tenure
from tests import builders
from tests.builders import SYSTEM, Brand

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


def owner_of(brand: Brand, name: str) -> Actor:
    owner = getattr(brand, name)
    return builders.staff_actor(f"owner-{name}", rules.FRANCHISE_OWNER, franchisee=owner)


def consent(member: Member, store: str) -> StoreConsent:
    who = builders.member_actor(member)
    return services.give_consent(who, "me", store_code=store, identities={}).row


def withdraw(member: Member, store: str) -> None:
    services.withdraw_consent(builders.member_actor(member), "me", store_code=store)


def seen_by(actor: Actor) -> set[str]:
    return {member.number for member in selectors.members_visible_to(actor)}


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (rules.CLERK, "store"),
        (rules.STORE_MANAGER, "store"),
        (rules.FRANCHISE_OWNER, "franchisee"),
        (rules.REGIONAL_MANAGER, "region"),
    ],
)
def test_a_consent_opens_the_member_to_the_stores_people_and_a_withdrawal_closes_them(
    brand: Brand, role: str, scope: str
) -> None:
    place = {"store": brand.a1, "franchisee": brand.anhe, "region": brand.east}[scope]
    person = builders.staff_actor("person", role, **{scope: place})
    own, both = {brand.zhang.number}, {brand.zhang.number, brand.li.number}
    assert seen_by(person) == own

    consent(brand.li, "A1")
    assert seen_by(person) == both
    assert set(selectors.identities_visible_to(person).values_list("member", flat=True)) == {
        brand.zhang.pk,
        brand.li.pk,
    }

    withdraw(brand.li, "A1")
    assert seen_by(person) == own


def test_a_consent_to_one_store_says_nothing_to_another(brand: Brand) -> None:
    consent(brand.li, "A2")

    assert seen_by(builders.clerk_at(brand.a2, "second")) == {brand.li.number}
    assert seen_by(builders.clerk_at(brand.a1, "first")) == {brand.zhang.number}
    assert seen_by(owner_of(brand, "anhe")) == {brand.zhang.number, brand.li.number}
    assert seen_by(owner_of(brand, "baichuan")) == {brand.li.number}


def test_what_is_asked_besides_seeing_goes_by_the_home_store_alone(brand: Brand) -> None:
    """A consent shows somebody masked: it opens neither values in clear nor the figure of new members."""
    consent(brand.li, "A1")
    grant = builders.staff_actor("any", rules.FRANCHISE_OWNER, franchisee=brand.anhe).grants[0]
    reveals = Actor(
        kind=builders.SYSTEM.kind.STAFF,
        id=1,
        label="any",
        grants=(
            type(grant)(
                grant.role, grant.actions | {selectors.SEE_PERSONAL}, grant.scope, grant.ids
            ),
        ),
    )

    assert seen_by(reveals) == {brand.zhang.number, brand.li.number}
    for rows in (
        selectors.members_visible_to(reveals, selectors.SEE_PERSONAL),
        selectors.members_acquired_by(reveals),
    ):
        assert [row.number for row in rows] == [brand.zhang.number]
    with pytest.raises(selectors.MemberNotFound):
        selectors.require_revealable(reveals, brand.li.number)


def test_a_store_that_changes_hands_takes_no_consent_along(brand: Brand) -> None:
    """It was given to who ran the store then: the former owner loses it, the next one asks anew."""
    consent(brand.li, "A1")
    consent(brand.zhang, "A2")
    old = owner_of(brand, "anhe")
    chen = services.enrol_member(SYSTEM, identities={"card": "CARD-1"}, home_store=brand.direct)
    consent(chen, "A1")
    assert seen_by(old) == {brand.zhang.number, brand.li.number, chen.number}

    tomorrow = clock.business_day(clock.now(), brand.a1.time_zone) + timedelta(days=1)
    change_owner(SYSTEM, "A1", to="BAICHUAN", on=tomorrow, reason="sold")
    with time_machine.travel(clock.now() + timedelta(days=1)):
        hand_over_stores()
        new = owner_of(brand, "baichuan")
        assert seen_by(old) == {brand.zhang.number}  # by the consent to A2, which stays theirs
        assert seen_by(new) == {brand.zhang.number, brand.li.number}  # by the home stores A1, B1
        assert not selectors.consents_visible_to(new).exists()

        consent(chen, "A1")

        assert seen_by(new) == {brand.zhang.number, brand.li.number, chen.number}
        assert seen_by(old) == {brand.zhang.number}
    ended, live = StoreConsent.objects.filter(member=chen).order_by("id")
    assert (ended.franchisee, live.franchisee) == (brand.anhe, brand.baichuan)
    assert (ended.withdrawn_by, live.withdrawn_at) == ("system:change_of_owner", None)


def hand_over(store: str, to: str, days: int) -> None:
    """That many days from now the store is ``to``'s."""
    with time_machine.travel(clock.now() + timedelta(days=days - 1)):
        day = clock.business_day(clock.now(), "Asia/Shanghai") + timedelta(days=1)
        change_owner(SYSTEM, store, to=to, on=day, reason="sold")
    with time_machine.travel(clock.now() + timedelta(days=days)):
        hand_over_stores()


def test_a_store_that_comes_back_to_its_owner_brings_no_consent_back(brand: Brand) -> None:
    """The hand-over ends it, for head office and the member too; another store's goes on."""
    consent(brand.li, "A1")
    consent(brand.li, "A2")
    consent(brand.zhang, "A1")
    withdraw(brand.zhang, "A1")
    withdrawn = StoreConsent.objects.filter(member=brand.zhang).values().get()
    old, at_a1 = owner_of(brand, "anhe"), StoreConsent.objects.filter(store=brand.a1)

    hand_over("A1", "BAICHUAN", days=1)

    ended = at_a1.get(member=brand.li)
    assert ended.withdrawn_by == services.FORMER_OWNER
    assert ended.withdrawn_at is not None
    assert clock.business_day(ended.withdrawn_at, "Asia/Shanghai") == clock.business_day(
        clock.now(), "Asia/Shanghai"
    ) + timedelta(days=1)
    assert StoreConsent.objects.filter(member=brand.zhang).values().get() == withdrawn

    hand_over("A1", "ANHE", days=2)

    brand.a1.refresh_from_db()
    assert brand.a1.franchisee == brand.anhe
    live = StoreConsent.objects.filter(withdrawn_at=None)
    assert [one.store for one in live] == [brand.a2]
    assert [one.store for one in selectors.live_consents_visible_to(old)] == [brand.a2]
    withdraw(brand.li, "A2")
    assert brand.li.number not in seen_by(old)


def test_a_move_to_another_region_or_contract_ends_no_consent(brand: Brand) -> None:
    consent(brand.li, "A1")
    today = clock.business_day(clock.now(), "Asia/Shanghai")

    with time_machine.travel(clock.now() + timedelta(days=1)):
        move_store(SYSTEM, "A1", region="NORTH", reason="drawn anew")
    with time_machine.travel(clock.now() + timedelta(days=2)):
        change_owner(SYSTEM, "A1", to="ANHE", contract="C-2", reason="renewed")

    assert Store.objects.get(code="A1").region == brand.north
    assert Tenure.objects.get(contract="C-2").starts_on == today + timedelta(days=2)
    assert StoreConsent.objects.get().withdrawn_at is None


def test_who_is_handed_over_has_as_many_consents_ended_as_were_live(brand: Brand) -> None:
    consent(brand.li, "A1")
    consent(brand.zhang, "A1")
    withdraw(brand.zhang, "A1")
    hand_over("A1", "BAICHUAN", days=1)

    line = AuditLine.objects.get(action="org.hand_over_store")

    assert line.changes["consents"] == 1


END_STALE = import_module("apps.members.migrations.0004_end_stale_consents").END_STALE


def test_what_a_former_owner_still_holds_is_ended_once(brand: Brand) -> None:
    """Consents from before hand-overs ended them."""
    stale, kept = consent(brand.li, "A1"), consent(brand.li, "D1")
    Store.objects.filter(pk=brand.a1.pk).update(franchisee=brand.baichuan)

    with connection.cursor() as cursor:
        cursor.execute(END_STALE)

    stale.refresh_from_db()
    kept.refresh_from_db()
    assert (stale.withdrawn_by, kept.withdrawn_at) == (services.FORMER_OWNER, None)
    assert stale.withdrawn_at is not None


def test_a_consent_to_the_brands_own_store_ends_with_a_franchisee(brand: Brand) -> None:
    consent(brand.li, "D1")
    assert seen_by(builders.clerk_at(brand.direct)) == {brand.li.number}
    assert selectors.members_consenting_to(SYSTEM).get() == brand.li

    Store.objects.filter(pk=brand.direct.pk).update(franchisee=brand.anhe)

    assert brand.li.number not in seen_by(owner_of(brand, "anhe"))
    assert not selectors.members_consenting_to(SYSTEM).exists()

    consent(brand.li, "D1")

    ended, live = StoreConsent.objects.order_by("id")
    assert (ended.franchisee, ended.withdrawn_by) == (None, services.FORMER_OWNER)
    assert (live.franchisee, live.withdrawn_at) == (brand.anhe, None)
    lines = AuditLine.objects.filter(action__endswith="_consent").order_by("id")
    assert [(line.action, line.actor_label, line.object_key) for line in lines] == [
        ("members.give_consent", brand.li.number, brand.li.number),
        ("members.withdraw_consent", "change_of_owner", brand.li.number),
        ("members.give_consent", brand.li.number, brand.li.number),
    ]


def test_a_clock_that_runs_behind_ends_a_consent_no_earlier_than_it_was_given(
    brand: Brand,
) -> None:
    """Two web nodes never agree on the millisecond."""
    withdrawn, handed_over = consent(brand.li, "A1"), consent(brand.li, "D1")
    Store.objects.filter(pk=brand.direct.pk).update(franchisee=brand.anhe)

    with time_machine.travel(withdrawn.given_at - timedelta(seconds=1), tick=False):
        withdraw(brand.li, "A1")
        consent(brand.li, "D1")  # what was given to the owner before ends

    for row in (withdrawn, handed_over):
        row.refresh_from_db()
        assert row.withdrawn_at == row.given_at


def test_points_of_a_consenting_member_are_found_as_the_member_is(brand: Brand) -> None:
    consent(brand.li, "A1")
    clerk = builders.clerk_at(brand.b1, "seller")
    sale = builders.sale_of(brand.b1, {"TEA": "1"}, 1999, member=brand.li)
    place_order(clerk, sale, builders.once(clerk))

    anhe = owner_of(brand, "anhe")
    assert [account.member for account in loyalty.accounts_visible_to(anhe)] == [brand.li]
    assert not loyalty.entries_visible_to(anhe).exists()  # earned elsewhere


def test_the_home_store_of_a_consenting_member_stays_their_own_affair(brand: Brand) -> None:
    consent(brand.li, "A1")
    anhe = owner_of(brand, "anhe")

    rows = selectors.with_own_home(anhe, selectors.members_visible_to(anhe))

    assert {row.number: row.home_is_own for row in rows} == {  # type: ignore[attr-defined]
        brand.zhang.number: True,
        brand.li.number: False,
    }
    whole = selectors.with_own_home(SYSTEM, Member.objects.all())
    assert {row.home_is_own for row in whole} == {True}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({}, "consent_live_once"),
        ({"store": "B1", "purpose": "ads"}, "consent_purpose_known"),
        ({"store": "B1", "given_via": "letter"}, "consent_via_known"),
        ({"store": "B1", "withdrawn_by": "member:1"}, "consent_withdrawn_after"),
        ({"store": "B1", "withdrawn_at": timedelta(0)}, "consent_withdrawn_after"),
        (
            {"store": "B1", "withdrawn_at": timedelta(seconds=-1), "withdrawn_by": "member:1"},
            "consent_withdrawn_after",
        ),
    ],
)
def test_the_database_refuses_what_no_consent_can_be(
    brand: Brand, changes: dict[str, object], constraint: str
) -> None:
    given = consent(brand.li, "A1")
    values = {
        "store": "A1",
        "purpose": "service",
        "given_at": given.given_at,
        "given_via": "member",
        "given_by": "member:1",
    } | changes
    values["store"] = Store.objects.get(code=values["store"])
    if isinstance(values.get("withdrawn_at"), timedelta):
        values["withdrawn_at"] = given.given_at + values["withdrawn_at"]  # type: ignore[operator]

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        StoreConsent.objects.create(member=brand.li, **values)


def test_a_consent_is_neither_changed_nor_deleted_and_withdrawn_once(brand: Brand) -> None:
    consent(brand.li, "A1")
    rows = StoreConsent.objects.all()
    for act in (
        rows.delete,
        lambda: rows.update(store=brand.b1),
        lambda: rows.update(given_by="staff:1"),
        lambda: rows.update(given_at=clock.now()),
    ):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            act()
    withdraw(brand.li, "A1")
    before = rows.values().get()

    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        rows.update(withdrawn_at=None, withdrawn_by="")
    with pytest.raises(services.ConsentNotFound):
        withdraw(brand.li, "A1")

    assert rows.values().get() == before
