"""An application of limited reach sees the stores it is bound to, and none without a binding."""

import pytest

from apps.accounts import services as accounts
from apps.org import services as org
from apps.org.models import ClientBinding
from tests import builders
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db


def test_the_last_binding_taken_away_leaves_no_store() -> None:
    brand = builders.build_brand()
    client, key = accounts.create_api_client(name="shop", scopes=["org.see", "orders.place"])
    quote = {"store": "A1", "channel": "pos", "lines": [{"sku": "TEA", "quantity": 1}]}
    assert Caller(key).post("quotes", quote).status == 404

    org.bind_client(client, brand.a1)
    assert Caller(key).post("quotes", quote).status == 200

    ClientBinding.objects.all().delete()
    assert Caller(key).post("quotes", quote).status == 404
