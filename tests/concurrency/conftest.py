"""Race tests run on a database of their own, where commits are real and threads see each other."""

import pytest

from tests import builders
from tests.builders import Brand


@pytest.fixture
def brand(committed_db: str) -> Brand:
    return builders.build_brand()
