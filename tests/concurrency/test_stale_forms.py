"""Two people save one form at the same instant."""

import pytest

from apps.org.models import Region
from tests import builders
from tests.offices.pages import signed_in
from tests.threads import run_in_threads

ROUNDS = 8


@pytest.mark.usefixtures("committed_db")
def test_one_of_two_is_saved_and_the_other_is_told() -> None:
    brand = builders.build_brand()
    url = f"/admin/org/region/{brand.east.pk}/change/"
    people = [signed_in(builders.build_staff(name, "operations")) for name in ("first", "second")]
    for day in range(ROUNDS):
        said = {"code": "EAST", "name_en": f"East {day}"} | people[0].hidden(url)
        names = (f"东部{day}", f"日出{day}")

        answers = run_in_threads(
            [
                lambda who=who, name=name, said=said: who.post(url, said | {"name": name})
                for who, name in zip(people, names, strict=True)
            ]
        )

        statuses = [answer.status_code for answer in answers]
        assert sorted(statuses) == [200, 302]
        assert Region.objects.get(pk=brand.east.pk).name == names[statuses.index(302)]
