"""Fixtures of the API tests: the brand, and its usual callers."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from apps.org import rules
from tests import builders
from tests.api import caller
from tests.api.caller import Caller
from tests.builders import Brand


@pytest.fixture(autouse=True)
def fast_passwords() -> Iterator[None]:
    """The strength of the hash is not what these tests are about."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def brand(db: None) -> Brand:
    return builders.build_brand()


@pytest.fixture
def clerk(brand: Brand) -> Caller:
    """A clerk at A1."""
    return caller.staff("clerk", rules.CLERK, store=brand.a1)


@pytest.fixture
def manager(brand: Brand) -> Caller:
    """The store manager of A1."""
    return caller.staff("manager", rules.STORE_MANAGER, store=brand.a1)


@pytest.fixture
def head_office(brand: Brand) -> Caller:
    return caller.staff("office", rules.HEAD_OFFICE_ADMIN)


@pytest.fixture
def zhang(brand: Brand) -> Caller:
    """The member Zhang, acquired by A1."""
    return caller.member(brand.zhang)
