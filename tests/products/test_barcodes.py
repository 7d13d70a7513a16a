"""Barcodes: the check digit, one spelling, what is refused, and that every way in judges alike."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import AuditLine
from apps.jobs.rules import Row
from apps.org import rules as roles
from apps.products import barcodes, files
from apps.products import services as products
from apps.products.barcodes import BarcodeCheckDigit, BarcodeInvalid, BarcodeTaken, Format
from apps.products.models import Barcode, Sku, WeighedPrefix
from apps.products.services import ImportedSku
from tests import builders
from tests.builders import Brand
from tests.offices.pages import signed_in

DIGITS = st.text("0123456789", min_size=1, max_size=17)
SCALE = Format("21", 5, barcodes.WEIGHT, 5, 3)
# Printed on goods, and in GS1 General Specifications §7.9.
REAL = ["6901234567892", "4006381333931", "96385074", "036000291452", "10614141000415"]


@pytest.fixture
def brand(db: None) -> Brand:
    return builders.build_brand()


# ----- arithmetic


def reference(digits: str) -> str:
    """The table of GS1 §7.9 written out for 18 places: N1 × 3, N2 × 1 … N17 × 3."""
    places = digits.rjust(17, "0")
    total = sum(int(places[n]) * (3, 1)[n % 2] for n in range(17))
    return str((total + 9) // 10 * 10 - total)


@given(DIGITS)
def test_the_check_digit_is_that_of_the_table(digits: str) -> None:
    assert barcodes.check_digit(digits) == reference(digits)


@pytest.mark.parametrize("code", REAL)
def test_real_barcodes_are_gtins_and_one_wrong_digit_is_seen(code: str) -> None:
    assert barcodes.is_gtin(code)
    for place, digit in enumerate(code):
        wrong = code[:place] + str((int(digit) + 1) % 10) + code[place + 1 :]
        assert not barcodes.is_gtin(wrong)


@given(
    st.sampled_from([7, 11, 12, 13]).flatmap(
        lambda n: st.text("0123456789", min_size=n, max_size=n)
    )
)
def test_every_spelling_of_a_gtin_is_kept_as_the_same(digits: str) -> None:
    code = digits + barcodes.check_digit(digits)
    kept = barcodes.canonical(code)
    assert len(kept) in (8, 13, 14)
    for spelling in barcodes.spellings(code):
        assert barcodes.is_gtin(spelling)
        assert barcodes.canonical(spelling) == kept
        assert code in barcodes.spellings(spelling)


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ("6901234567892", "6901234567892", "gtin"),
        ("036000291452", "0036000291452", "gtin"),
        ("0036000291452", "0036000291452", "gtin"),
        ("00036000291452", "0036000291452", "gtin"),
        ("96385074", "96385074", "gtin"),
        ("00000096385074", "96385074", "gtin"),
        ("10614141000415", "10614141000415", "gtin"),
        ("2000000256719", "2000000256719", "gtin"),
        ("2000000256710", "2000000256710", "internal"),
        ("0200000000000", "0200000000000", "internal"),
        ("400000000000", "400000000000", "internal"),
        ("111", "111", "internal"),
        ("A-17/b", "A-17/b", "internal"),
        ("2100042", "2100042", "weighed"),
        ("2200042", "2200042", "internal"),
        ("210042", "210042", "internal"),
    ],
)
def test_what_a_barcode_is(text: str, code: str, kind: str) -> None:
    assert barcodes.judge(text, [SCALE]) == barcodes.Judged(code, kind)


@pytest.mark.parametrize("text", ["6901234567890", "036000291450", "96385070", "10614141000410"])
def test_a_wrong_last_digit_is_refused_and_the_right_one_told(text: str) -> None:
    with pytest.raises(BarcodeCheckDigit) as refusal:
        barcodes.judge(text)
    assert refusal.value.params["right"] == barcodes.check_digit(text[:-1])
    assert barcodes.as_kept(text) == barcodes.Judged(text, "internal"), "history stays"


@pytest.mark.parametrize("text", ["", " 1", "1 2", "条码", "x" * 33, "1\n", "١٢٣", "\x7f"])
def test_what_is_no_barcode(text: str) -> None:
    with pytest.raises(BarcodeInvalid):
        barcodes.judge(text)


@given(st.integers(0, 99_999), st.integers(0, 99_999))
def test_a_label_is_read_as_it_was_printed(item: int, grams: int) -> None:
    digits = f"21{item:05}{grams:05}"
    label = digits + barcodes.check_digit(digits)
    assert barcodes.is_label(label)
    assert SCALE.item_of(label) == f"21{item:05}"
    assert SCALE.value_of(label) * 1000 == grams
    inner = Format("21", 5, barcodes.PRICE, 4, 2)
    assert inner.value_of(label) * 100 == grams % 10_000, "the digit between is passed over"


# ----- every way in


def kept(brand: Brand) -> list[tuple[str, str]]:
    return list(brand.milk.barcodes.order_by("code").values_list("code", "kind"))


def test_a_barcode_is_added_once_with_its_line(brand: Brand) -> None:
    actor = builders.staff_actor("operator", roles.OPERATIONS)
    first = products.add_barcode(actor, sku=brand.milk, text="036000291452")
    again = products.add_barcode(actor, sku=brand.milk, text="0036000291452")
    assert first == again
    assert kept(brand) == [("0036000291452", "gtin")]
    lines = AuditLine.objects.filter(action="products.add_barcode")
    assert [line.changes for line in lines] == [{"barcode": [None, "0036000291452"]}]
    with pytest.raises(BarcodeTaken) as refusal:
        products.add_barcode(actor, sku=brand.rice, text="036000291452")
    assert refusal.value.params["sku"] == "MILK"
    assert brand.rice.barcodes.count() == 0
    assert products.remove_barcode(actor, sku=brand.milk, code="0036000291452")
    assert not products.remove_barcode(actor, sku=brand.milk, code="0036000291452")
    assert kept(brand) == []


def test_who_comes_a_moment_later_is_told_the_owner(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row appears between the look and the write; the constraint is what refuses."""
    asked: list[Any] = []
    look = products.barcodes.require_free

    def late(code: str, sku: Any) -> None:
        asked.append(sku)
        if len(asked) > 1:
            look(code, sku)

    monkeypatch.setattr(products.barcodes, "require_free", late)
    with pytest.raises(BarcodeTaken) as refusal:
        products.add_barcode(builders.SYSTEM, sku=brand.milk, text="6901234567892")
    assert (refusal.value.params["sku"], len(asked)) == ("TEA", 2)
    assert kept(brand) == []


def sku_row(**given: Any) -> list[Row]:
    return [Row(2, given)]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("6901234567890", "barcode_check_digit"),
        ("6901234567892", "barcode_taken"),
        ("条码", "barcode_invalid"),
    ],
)
def test_a_file_and_the_page_refuse_alike(brand: Brand, text: str, refusal: str) -> None:
    boss = builders.build_staff("boss", roles.HEAD_OFFICE_ADMIN)
    actor = builders.staff_actor("operator", roles.OPERATIONS)
    (verdict,) = files.apply_skus(actor, sku_row(sku="MILK", barcodes=text))
    assert [one.code for one in verdict.refusals] == [refusal]

    answer = add_on_page(signed_in(boss), brand, text)

    assert answer.status_code == 200
    assert kept(brand) == []


def add_on_page(client: Client, brand: Brand, text: str) -> Any:
    none = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}
    data = {f"{part}-{name}": n for part in ("packs", "references") for name, n in none.items()}
    data |= {"barcodes-TOTAL_FORMS": "1", "barcodes-INITIAL_FORMS": "0", "barcodes-0-code": text}
    data |= {"product": str(brand.milk.product_id), "code": "MILK", "unit": "each"}
    data |= {"kind": "goods", "is_active": "on", "option": "", "tax_class": ""}
    return client.post(f"/admin/products/sku/{brand.milk.pk}/change/", data)


def test_a_file_and_the_page_keep_alike(brand: Brand) -> None:
    boss = builders.build_staff("boss", roles.HEAD_OFFICE_ADMIN)
    actor = builders.staff_actor("operator", roles.OPERATIONS)
    assert add_on_page(signed_in(boss), brand, "036000291452").status_code == 302
    assert kept(brand) == [("0036000291452", "gtin")]
    (verdict,) = files.apply_skus(actor, sku_row(sku="MILK", barcodes="036000291452 77"))
    assert dict(verdict.changes) == {"barcodes": ("0036000291452", "0036000291452 77")}
    assert kept(brand) == [("0036000291452", "gtin"), ("77", "internal")]


def test_a_file_knows_the_scales(brand: Brand) -> None:
    WeighedPrefix.objects.create(prefix="21", item_digits=5, value="weight", decimals=3)
    actor = builders.staff_actor("operator", roles.OPERATIONS)
    files.apply_skus(actor, sku_row(sku="MILK", barcodes="2100042 2200042"))
    assert kept(brand) == [("2100042", "weighed"), ("2200042", "internal")]


def test_what_a_sku_has_already_is_judged_by_nobody(brand: Brand) -> None:
    """Imported history: a wrong digit is the shop's own number, and stays when the file comes again."""
    wrong = ImportedSku("OLD", "旧", "", "FOOD", "", "each", "7501234567890", 100)
    right = ImportedSku("UPC", "旧", "", "FOOD", "", "each", "036000291452", 100)
    products.import_skus(builders.SYSTEM, [wrong, right])
    assert set(Barcode.objects.values_list("code", "kind")) == {
        ("6901234567892", "gtin"), ("7501234567890", "internal"), ("0036000291452", "gtin"),
    }  # fmt: skip
    actor = builders.staff_actor("operator", roles.OPERATIONS)
    (verdict,) = files.apply_skus(actor, sku_row(sku="OLD", name="新", barcodes="7501234567890"))
    assert dict(verdict.changes) == {"name": ("旧", "新")}
    (verdict,) = files.check_skus(actor, sku_row(sku="MILK", barcodes="7501234567890"))
    assert [one.code for one in verdict.refusals] == ["barcode_taken", "barcode_check_digit"]


def test_two_rows_of_a_file_that_spell_one_barcode_differently(brand: Brand) -> None:
    rows = [
        Row(2, {"sku": "MILK", "barcodes": "036000291452"}),
        Row(3, {"sku": "RICE", "barcodes": "0036000291452"}),
    ]
    actor = builders.staff_actor("operator", roles.OPERATIONS)
    verdicts = files.apply_skus(actor, rows)
    assert [[one.code for one in verdict.refusals] for verdict in verdicts] == [
        [],
        ["barcode_taken"],
    ]
    assert Barcode.objects.get(code="0036000291452").sku == brand.milk


def test_a_new_sku_code_has_no_colon(brand: Brand) -> None:
    actor = builders.staff_actor("operator", roles.OPERATIONS)
    row = sku_row(sku="erp:7", name="x", category="FOOD")
    (verdict,) = files.apply_skus(actor, row)
    assert [(one.column, one.code) for one in verdict.refusals] == [("sku", "sku_code_colon")]
    with pytest.raises(IntegrityError, match="colon"), transaction.atomic():
        builders.build_sku("erp:7", "x", brand.tea.product.category, 100)
    with connection.cursor() as cursor:  # as one that was there before the rule
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE products_sku DISABLE TRIGGER USER")
        cursor.execute("UPDATE products_sku SET code = 'a:b' WHERE code = 'MILK'")
        cursor.execute("ALTER TABLE products_sku ENABLE TRIGGER USER")
    brand.milk.refresh_from_db()
    brand.milk.is_active = False
    brand.milk.save()
    with pytest.raises(IntegrityError, match="colon"), transaction.atomic():
        Sku.objects.filter(pk=brand.milk.pk).update(code="c:d")


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        ({"code": "036000291452", "kind": "gtin"}, "barcode_gtin_as_kept"),
        ({"code": "1", "kind": "other"}, "barcode_kind_known"),
    ],
)
def test_the_database_knows_the_kinds(brand: Brand, row: Any, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Barcode.objects.create(sku=brand.milk, **row)


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"prefix": "19"}, "weighed_prefix_in_store"),
        ({"item_digits": 7}, "weighed_digits_add_up"),
        ({"value": "price", "decimals": 4}, "weighed_decimals_in_range"),
        ({"value": "size"}, "weighed_value_known"),
    ],
)
def test_a_scale_that_cannot_be(brand: Brand, wrong: Any, constraint: str) -> None:
    right = {"prefix": "21", "item_digits": 5, "value": "weight", "value_digits": 5, "decimals": 3}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        WeighedPrefix.objects.create(**right | wrong)
