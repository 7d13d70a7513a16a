import pytest
from tests import builders
from tests.offices.pages import signed_in
from tests.offices.plenty import add_plenty
from apps.org import rules as roles
from apps.accounts.models import StaffToken


@pytest.mark.django_db
def test_it():
    brand = builders.build_brand()
    add_plenty(brand, 0, 1)
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN), "zh-hans")
    t = StaffToken.objects.get()
    page = admin.get(f"/admin/accounts/stafftoken/{t.pk}/change/").content.decode()
    i = page.index("Person")
    print(page[i - 500 : i + 200])
    assert 0
