"""What a till is told at a store that is frozen, closed, or not served by its channel."""

import pytest

from apps.flows.freeze_store import freeze_store
from apps.members.models import Member
from apps.org.models import Channel
from tests import books
from tests.api import bodies
from tests.api.caller import Caller
from tests.builders import SYSTEM, Brand

pytestmark = pytest.mark.django_db


def test_a_frozen_store_takes_no_order_quote_or_member(brand: Brand, clerk: Caller) -> None:
    freeze_store(SYSTEM, "A1", reason="audit of the till")
    rows, members = books.stock(), Member.objects.count()

    answers = [
        clerk.post("orders", bodies.sale()),
        clerk.post("quotes", bodies.quote()),
        clerk.post("members", {"phone": "13700001111", "store": "A1"}),
    ]

    assert [answer.refusal for answer in answers] == [(409, "store_frozen")] * 3
    assert (books.stock(), Member.objects.count()) == (rows, members)


def test_a_channel_that_does_not_serve_the_store(brand: Brand, clerk: Caller) -> None:
    Channel.objects.filter(code="pos").update(serves="named")

    answers = [clerk.post("orders", bodies.sale()), clerk.post("quotes", bodies.quote())]

    found = [answer.refusal for answer in answers]
    assert found == [(409, "channel_not_at_store")] * 2
