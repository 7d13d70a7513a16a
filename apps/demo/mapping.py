"""How the source's keys become ours: pure functions, the same for every load and every machine.

The rules are written down in docs/decisions/0003-demonstration-data.md. Nothing here depends on
which weeks were loaded, on the time of the load (but for the shift, which is given) or on chance.
"""

import csv
import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import NamedTuple

from apps.common import clock
from apps.common.keys import luhn_digit

SOURCE = "complete-journey"
PREFIX = "CJ"
CHANNEL = "pos"
SOURCE_ZONE = "America/New_York"
FIRST_MONDAY = date(2016, 12, 26)
"""The Monday of the source's week 1; its only day with sales is Sunday, 1 January 2017."""
WEEKS = 53
AFTER_LAST_WEEK = FIRST_MONDAY + timedelta(weeks=WEEKS)

DIRECT_PERCENT = 25
"""So many of a hundred stores are run by the brand itself."""
FRANCHISEES_PER_REGION = 4

CUSHION_PARTS = 5
CUSHION_LEAST = 2
"""A week's receipt is what the week sells, and a fifth more (rounded up), at least two."""


class Names(NamedTuple):
    """A name in both languages."""

    zh: str
    en: str


class RegionRule(NamedTuple):
    code: str
    names: Names
    cities: tuple[Names, ...]


def _cities(text: str) -> tuple[Names, ...]:
    pairs = (pair.split(":") for pair in text.split())
    return tuple(Names(zh, en.replace("_", " ")) for zh, en in pairs)


REGIONS = (
    RegionRule(
        "EAST",
        Names("华东", "East"),
        _cities("上海:Shanghai 杭州:Hangzhou 南京:Nanjing 苏州:Suzhou 宁波:Ningbo 合肥:Hefei"),
    ),
    RegionRule(
        "SOUTH",
        Names("华南", "South"),
        _cities("广州:Guangzhou 深圳:Shenzhen 佛山:Foshan 东莞:Dongguan 厦门:Xiamen 南宁:Nanning"),
    ),
    RegionRule(
        "NORTH",
        Names("华北", "North"),
        _cities(
            "北京:Beijing 天津:Tianjin 石家庄:Shijiazhuang 太原:Taiyuan 济南:Jinan 青岛:Qingdao"
        ),
    ),
    RegionRule(
        "CENTRAL",
        Names("华中", "Central"),
        _cities("武汉:Wuhan 长沙:Changsha 郑州:Zhengzhou 南昌:Nanchang 宜昌:Yichang 洛阳:Luoyang"),
    ),
    RegionRule(
        "WEST",
        Names("西部", "West"),
        _cities("成都:Chengdu 重庆:Chongqing 西安:Xi'an 昆明:Kunming 贵阳:Guiyang 兰州:Lanzhou"),
    ),
    RegionRule(
        "NORTHEAST",
        Names("东北", "Northeast"),
        _cities("沈阳:Shenyang 大连:Dalian 长春:Changchun 哈尔滨:Harbin 吉林:Jilin 鞍山:Anshan"),
    ),
)
STREETS = _cities(
    "人民路:Renmin_Road 中山路:Zhongshan_Road 解放路:Jiefang_Road 建设路:Jianshe_Road "
    "和平路:Heping_Road 新华路:Xinhua_Road 文化路:Wenhua_Road 胜利路:Shengli_Road "
    "长江路:Changjiang_Road 黄河路:Huanghe_Road 北京路:Beijing_Road 南京路:Nanjing_Road "
    "滨江道:Binjiang_Avenue 朝阳街:Chaoyang_Street 光明街:Guangming_Street 学府路:Xuefu_Road "
    "友谊路:Youyi_Road 青年路:Qingnian_Road 湖滨路:Hubin_Road 花园路:Huayuan_Road "
    "万达广场:Wanda_Plaza 银泰城:Yintai_City 大悦城:Joy_City 吾悦广场:Injoy_Plaza"
)
OWNERS = _cities(
    "安和:Anhe 百川:Baichuan 诚信:Chengxin 德丰:Defeng 恒泰:Hengtai 嘉禾:Jiahe 金穗:Jinsui "
    "康乐:Kangle 利群:Liqun 美邻:Meilin 年丰:Nianfeng 鹏程:Pengcheng 启明:Qiming 瑞祥:Ruixiang "
    "盛世:Shengshi 泰和:Taihe 万家:Wanjia 祥云:Xiangyun 新邻:Xinlin 永兴:Yongxing 裕民:Yumin "
    "泽惠:Zehui 正源:Zhengyuan 众合:Zhonghe"
)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈"
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国文玉兰志晓红梅云飞雪雨欣怡子涵浩宇轩博思佳慧颖琳"
    "晨阳嘉诗雅婷俊凯天乐一凡若曦"
)


def digest(*parts: object) -> int:
    """A number below 2^64 that looks random and is the same everywhere for the same parts."""
    text = "\0".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


# Places


def store_code(store_id: int) -> str:
    return f"S{store_id:04d}"


def region_of(store_id: int) -> RegionRule:
    return REGIONS[digest("region", store_id) % len(REGIONS)]


def store_names(store_id: int) -> Names:
    cities = region_of(store_id).cities
    city = cities[digest("city", store_id) % len(cities)]
    street = STREETS[digest("street", store_id) % len(STREETS)]
    return Names(f"{city.zh}{street.zh}店", f"{city.en} {street.en}")


def numbered(names: Names, count: int) -> Names:
    """The names of the second store in a street, and of those after it."""
    if count == 1:
        return names
    return Names(
        f"{names.zh.removesuffix('店')}{'二三四五六七八九'[count - 2]}店", f"{names.en} {count}"
    )


def franchisee_code(region: RegionRule, place: int) -> str:
    return f"F-{region.code}-{place + 1}"


def franchisee_names(region: RegionRule, place: int) -> Names:
    owner = OWNERS[REGIONS.index(region) * FRANCHISEES_PER_REGION + place]
    return Names(f"{owner.zh}商贸有限公司", f"{owner.en} Trading")


def owner_of(store_id: int) -> str | None:
    """The franchisee that runs a store; None for a store of the brand itself."""
    if digest("direct", store_id) % 100 < DIRECT_PERCENT:
        return None
    return franchisee_code(region_of(store_id), digest("owner", store_id) % FRANCHISEES_PER_REGION)


# People


def member_number(household_id: int) -> str:
    """Eleven digits from a hash, the first not 0, and their Luhn check digit."""
    digits = str(10**10 + digest("member", household_id) % (9 * 10**10))
    return digits + luhn_digit(digits)


def member_name(household_id: int) -> str:
    seed = digest("name", household_id)
    surname = SURNAMES[seed % len(SURNAMES)]
    first = GIVEN[seed // 100 % len(GIVEN)]
    second = GIVEN[seed // 10_000 % len(GIVEN)] if seed // 1_000_000 % 4 else ""
    return surname + first + second


def member_identities(household_id: int) -> dict[str, str]:
    """The card is the household's number; the phone counts up from a block nobody was given."""
    return {"card": f"CJ{household_id:06d}", "phone": f"+86199{household_id:08d}"}


def enrolled_at(household_id: int, first_basket_at: datetime) -> datetime:
    """5 to 34 minutes before the first basket of the year."""
    return first_basket_at - timedelta(minutes=5 + digest("enrolled", household_id) % 30)


# Goods


def sku_code(product_id: int) -> str:
    return f"{PREFIX}{product_id:08d}"


def barcode(product_id: int) -> str:
    """EAN-13 from the range 20 that retailers number goods with inside their own stores."""
    digits = f"20{product_id:010d}"
    return digits + ean_check_digit(digits)


def ean_check_digit(digits: str) -> str:
    """The check digit of 12 digits by the GS1 rule: weights 1, 3, 1, 3 … from the left."""
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return str(-weighed % 10)


@cache
def _translations(file: str) -> dict[tuple[str, str], Names]:
    with (resources.files("apps.demo") / "data" / file).open(encoding="utf-8") as lines:
        return {
            (line["level"], line["source"]): Names(line["zh"], line["en"])
            for line in csv.DictReader(lines)
        }


def names_of(level: str, source: str) -> Names:
    """A department's, category's or product type's name; as the source writes it if untranslated."""
    known = _translations("types.csv" if level == "type" else "categories.csv")
    return known.get((level, source)) or Names("", source.replace("  ", " ").capitalize())


def product_names(
    department: Names, category: str | None, product_type: str | None, package_size: str | None
) -> Names:
    """Type and package size; in Chinese the category stands in where the type has no translation."""
    group = names_of("category", category) if category else department
    own = names_of("type", product_type) if product_type else group
    zh = own.zh or f"{group.zh}·{own.en}"
    size = f" {package_size.lower()}" if package_size else ""
    return Names(f"{zh}{size}", f"{own.en}{size}")


def brand_name(brand: str, manufacturer_id: int | None) -> str:
    """The source tells private labels from national brands, and gives makers a number."""
    if manufacturer_id is None:
        return ""
    return f"自有品牌 {manufacturer_id}" if brand == "Private" else f"品牌 {manufacturer_id}"


def unit_of(product_type: str | None) -> str:
    """Fuel is measured; the source counts thousandths of a gallon, and so do we."""
    return "l" if (product_type or "").startswith("GASOLINE") else "each"


# Time


def shift_at(now: datetime, time_zone: str) -> int:
    """Whole weeks to add so that the source's last week ends with the last Sunday before ``now``."""
    today = clock.business_day(now, time_zone)
    monday = today - timedelta(days=today.weekday())
    return (monday - AFTER_LAST_WEEK).days // 7


def placed_at(source_at: datetime, *, shift: int, time_zone: str) -> datetime:
    """The source store's wall clock, ``shift`` weeks later, read in our time zone. UTC to UTC."""
    wall = source_at.replace(tzinfo=UTC).astimezone(clock.zone(SOURCE_ZONE)).replace(tzinfo=None)
    moved = wall + timedelta(weeks=shift)
    return moved.replace(tzinfo=clock.zone(time_zone)).astimezone(UTC)


def week_starts_at(week: int, *, shift: int, time_zone: str) -> datetime:
    """Monday 00:00 of a source week on our calendar, UTC; week 54 gives the end of the last."""
    return clock.start_of_day(FIRST_MONDAY + timedelta(weeks=week - 1 + shift), time_zone)


def first_week_of(weeks: int) -> int:
    """The source week with which the last ``weeks`` begin."""
    return WEEKS - weeks + 1


# Goods received


def receipt_reference(store_id: int, week: int) -> str:
    return f"RCV-{PREFIX}-{store_code(store_id)}-W{week:02d}"


def with_cushion(need: int) -> int:
    """What arrives for a week that sells ``need``."""
    return need + max(-(-need // CUSHION_PARTS), CUSHION_LEAST)
