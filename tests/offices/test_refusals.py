"""A page that refuses names the request, so that support finds it in the logs."""

import pytest
from django.db import DatabaseError
from django.test import Client

from apps.org.offices.sites import head_office
from tests import builders
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return signed_in(builders.build_staff("operations", "operations"))


def test_a_missing_page_carries_the_request_number(client: Client) -> None:
    response = client.get("/admin/orders/order/0/change/", headers={"x-request-id": "request-0404"})
    assert response.status_code == 404
    assert "<code>request-0404</code>" in response.content.decode()


def test_a_right_that_is_not_there_carries_it_too(client: Client) -> None:
    response = client.get("/admin/accounts/user/", headers={"x-request-id": "request-0403"})
    assert response.status_code == 403
    assert "<code>request-0403</code>" in response.content.decode()


def test_so_does_an_error_that_nobody_foresaw(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object) -> None:
        raise DatabaseError("planted")

    monkeypatch.setattr(type(head_office.home), "context", fails)
    client.raise_request_exception = False
    response = client.get("/admin/", headers={"x-request-id": "request-0500"})
    assert response.status_code == 500
    assert "<code>request-0500</code>" in response.content.decode()
