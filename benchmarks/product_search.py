"""The search of the catalogue at 100,000 SKUs: how long each kind of term takes.

    uv run python -m benchmarks.product_search [--skus 100000] [--rounds 40] [--database URL]

Prints for each term how many SKUs it finds, and the median and 95th percentile in milliseconds of a
page of 50 with product, category, price and barcodes, as the API lists it, and of the count beside a
list of the office. ``--database`` names an empty migrated database instead of one of its own.
"""

import argparse
import contextlib
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator

import django

from benchmarks import stage

AIM_MS = 50
PAGE = 51
BATCH = 5_000
BRANDS = (
    "康师傅", "统一", "农夫山泉", "娃哈哈", "蒙牛", "伊利", "光明", "三只松鼠", "良品铺子", "百草味", "可口可乐", "百事",
    "元气森林", "王老吉", "加多宝", "旺旺", "乐事", "奥利奥", "德芙", "雀巢", "立顿", "海天", "李锦记", "老干妈", "金龙鱼",
    "福临门", "鲁花", "五常", "北大荒", "蓝月亮", "立白", "雕牌", "心相印", "清风", "维达", "云南白药", "中华", "黑人",
    "舒肤佳", "六神", "重庆小面", "长城", "张裕", "青岛", "雪花", "晨光", "得力", "南孚", "公牛", "苏泊尔",
)  # fmt: skip
TASTES = (
    "冰糖", "原味", "蜂蜜", "茉莉", "柠檬", "青梅", "海盐", "黑糖", "草莓", "香辣", "五香", "麻辣", "孜然", "番茄", "芝士",
    "抹茶", "桂花", "无糖", "低脂", "有机", "高钙", "全脂", "脱脂", "鲜榨", "浓香", "清香", "经典", "特级", "家庭装", "新春",
)  # fmt: skip
GOODS = {
    "BEV": ("绿茶", "红茶", "乌龙茶", "矿泉水", "果汁", "可乐", "咖啡", "豆浆", "酸奶", "纯牛奶"),
    "FOD": (
        "大米",
        "面粉",
        "挂面",
        "方便面",
        "食用油",
        "酱油",
        "陈醋",
        "辣椒酱",
        "火锅底料",
        "银耳",
    ),
    "SNK": ("薯片", "饼干", "巧克力", "坚果礼盒", "牛肉干", "话梅", "果冻", "月饼", "糖果", "瓜子"),
    "USE": (
        "洗衣液",
        "洗洁精",
        "抽纸",
        "卷纸",
        "牙膏",
        "沐浴露",
        "洗发水",
        "香皂",
        "垃圾袋",
        "电池",
    ),
}
ENGLISH = ("Classic", "Fresh", "Family", "Premium", "Light", "Organic", "Original", "Golden")
SIZES = (
    "250ml",
    "330ml",
    "500ml",
    "1L",
    "1.5L",
    "50g",
    "100g",
    "250g",
    "500g",
    "1kg",
    "2.5kg",
    "5kg",
)
TERMS = {
    "1 character": "茶",
    "1 character, rare": "耳",
    "2 characters": "绿茶",
    "3 characters": "方便面",
    "name, end of the codes": "洗衣液",
    "brand": "康师傅",
    "name with brand": "康师傅 绿茶",
    "whole name": "农夫山泉茉莉乌龙茶500ml",
    "initials, 2": "lc",
    "initials, 3": "ksf",
    "initials, other reading": "cqxm",
    "pinyin": "lvcha",
    "pinyin, part": "kangshi",
    "pinyin, frequent": "cha",
    "English": "premium",
    "English, part": "mi",
    "full-width capitals": "ＰＲＥＭＩＵＭ",
    "size, frequent": "500",
    "1 letter": "a",
    "1 digit": "5",
    "SKU code": "SNK0050000",
    "beginning of a code": "SNK00500",
    "beginning of all of a kind": "USE",
    "barcode": "6900000077777",
    "nothing, rare pieces": "鱼茶",
    "nothing, frequent pieces": "chachacha",
    "nothing, two frequent words": "绿茶 洗衣液",
    "wildcards": "%_%",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skus", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--database", help="address of an empty migrated database")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with database(options.database):
        django.setup()
        began = time.perf_counter()
        seed(options.skus)
        print(f"{options.skus:,} SKUs in {time.perf_counter() - began:.0f} s", flush=True)
        print(f"{'':<28} {'found':>7} {'page ms':>8} {'p95':>6} {'count ms':>8} {'p95':>6}")
        for kind, text in TERMS.items():
            measure(kind, text, options.rounds)


@contextlib.contextmanager
def database(url: str | None) -> Iterator[None]:
    if url:
        os.environ["DATABASE_URL"] = url
        yield
        return
    with stage.database():
        yield


def seed(count: int) -> None:
    from django.db import connection  # noqa: PLC0415

    from apps.accounts.actor import system_actor  # noqa: PLC0415
    from apps.products import services  # noqa: PLC0415
    from apps.products.models import Category  # noqa: PLC0415

    for code in GOODS:
        Category.objects.create(code=code, name=code)
    actor, chance = system_actor("benchmark"), random.Random(7)
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        services.import_skus(actor, [sku(number, count, chance) for number in numbers])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def sku(number: int, count: int, chance: random.Random) -> object:
    """Codes run by category, so what has one name stands together in the order of the list."""
    from apps.products.services import ImportedSku  # noqa: PLC0415

    category = list(GOODS)[number * len(GOODS) // count]
    brand, goods, size = chance.choice(BRANDS), chance.choice(GOODS[category]), chance.choice(SIZES)
    name = f"{brand}{chance.choice(TASTES)}{goods}{size}"
    english = f"{chance.choice(ENGLISH)} {chance.choice(ENGLISH)} {size}"
    code, barcode = f"{category}{number:07}", f"69{number:011}"
    return ImportedSku(code, name, english, category, brand, "each", barcode, 100 + number % 9_900)


def measure(kind: str, text: str, rounds: int) -> None:
    from django.db.models import QuerySet  # noqa: PLC0415

    from apps.org.offices.paging import count_up_to  # noqa: PLC0415
    from apps.products import selectors as products  # noqa: PLC0415
    from apps.products.models import Sku  # noqa: PLC0415

    def found() -> QuerySet[Sku]:
        return products.search(Sku.objects.all(), text)

    def page() -> None:
        rows = products.skus_with_base_price(found()).prefetch_related("barcodes")
        list(rows.order_by("code")[:PAGE])

    pages, counts = timed(page, rounds), timed(lambda: count_up_to(found()), rounds)
    mark = "" if pages[1] <= AIM_MS else "  over the aim"
    print(
        f"{kind:<28} {found().count():>7,} {pages[0]:>8.1f} {pages[1]:>6.1f}"
        f" {counts[0]:>8.1f} {counts[1]:>6.1f}{mark}",
        flush=True,
    )


def timed(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds; the first turns only warm."""
    times = []
    for turn in range(-3, rounds):
        began = time.perf_counter()
        work()
        if turn >= 0:
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[18]


if __name__ == "__main__":
    main()
