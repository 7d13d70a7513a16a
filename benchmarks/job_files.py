"""A price file of 100,000 rows through the job center, in and out: seconds and peak memory of each step.

    python -m benchmarks.job_files [--rows 100000] [--format xlsx] [--out]

Aims: the import within 60 s, the export within 30 s, 300 MB. Each step runs in a process of its own, whose peak is its own; beside
the seconds stand those that it computed itself. ``--out`` seeds the prices and times the export alone.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import django

from benchmarks import stage

SKUS = 100_000
SUBJECT = "products.prices"
PRICE_LIST = "SEASON"


def main() -> None:
    """Seed a fresh database, then time each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=SKUS)
    parser.add_argument("--format", choices=["xlsx", "csv"], default="xlsx")
    parser.add_argument("--out", action="store_true", help="only the way out")
    parser.add_argument("--step", choices=sorted(STEPS), help="internal: run one step")
    parser.add_argument("--path", type=Path, help="internal: where the file is")
    options = parser.parse_args()
    if options.step:
        run_step(options.step, options.path, options.rows)
        return
    with stage.database(), TemporaryDirectory() as folder:
        path = Path(folder) / f"prices.{options.format}"
        for step in OUT if options.out else IN_AND_OUT:
            subprocess.run(
                [sys.executable, "-m", "benchmarks.job_files", "--step", step, "--path", str(path),
                 "--rows", str(options.rows)],
                cwd=stage.ROOT, check=True,
            )  # fmt: skip


def run_step(step: str, path: Path, rows: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    begun, begun_own = time.monotonic(), time.process_time()
    STEPS[step](path, rows)
    seconds = time.monotonic() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    own = time.process_time() - begun_own
    print(
        f"{step:<8} {seconds:>7.1f} s ({own:>5.1f} own) {rows / seconds:>9,.0f} rows/s {peak:>6.0f} MB",
        flush=True,
    )


def seed(path: Path, rows: int) -> None:
    from apps.products.models import Category, PriceList, Product, Sku  # noqa: PLC0415
    from tests import builders  # noqa: PLC0415

    builders.build_staff("merchandiser", "head_office_admin")
    PriceList.objects.create(code=PRICE_LIST, name="Season")
    category = Category.objects.create(code="ALL", name="全部")
    for start in range(0, rows, 10_000):
        codes = [f"SKU{number:07d}" for number in range(start, min(start + 10_000, rows))]
        products = Product.objects.bulk_create(
            Product(code=code, name=code, category=category) for code in codes
        )
        Sku.objects.bulk_create(Sku(code=product.code, product=product) for product in products)


def write(path: Path, rows: int) -> None:
    from apps.jobs import formats  # noqa: PLC0415

    with formats.writing(path, path.suffix[1:], ["sku", "price_list", "amount"]) as writer:
        for number in range(rows):
            writer.write([f"SKU{number:07d}", PRICE_LIST, f"{number % 900 + 1}.50"])


def read(path: Path, rows: int) -> None:
    from apps.jobs import formats  # noqa: PLC0415

    sheet = formats.inspect(path, path.name)
    assert sum(1 for _row in formats.read_rows(path, sheet.format, sheet.encoding)) == rows + 1


def upload(path: Path, rows: int) -> None:
    from django.core.files import File  # noqa: PLC0415

    from apps.accounts.models import User  # noqa: PLC0415
    from apps.jobs import services  # noqa: PLC0415
    from apps.org.selectors import actor_of_user  # noqa: PLC0415

    actor = actor_of_user(User.objects.get(username="merchandiser"))
    with path.open("rb") as stream:
        job = services.create_import(
            actor, subject=SUBJECT, office="admin", name=path.name, upload=File(stream)
        )
    services.check_import(actor, job, mapping=services.headings_of(job).proposed)


def check(path: Path, rows: int) -> None:
    assert work() == ("checked", {"new": rows})


def apply(path: Path, rows: int) -> None:
    from apps.accounts.models import User  # noqa: PLC0415
    from apps.jobs import services  # noqa: PLC0415
    from apps.jobs.models import Job  # noqa: PLC0415
    from apps.org.selectors import actor_of_user  # noqa: PLC0415

    actor = actor_of_user(User.objects.get(username="merchandiser"))
    services.start(actor, Job.objects.get(), policy="reject_rows")
    assert work() == ("done", {"new": rows})


def price(path: Path, rows: int) -> None:
    from apps.common import sql  # noqa: PLC0415

    sql.rows(
        "INSERT INTO products_price"
        " (sku_id, price_list_id, amount, starts_at, set_at, set_by, reason)"
        " SELECT sku.id, list.id, 1990, now(), now(), 'benchmark', ''"
        " FROM products_sku sku CROSS JOIN products_pricelist list",
        {},
    )


def ask(path: Path, rows: int) -> None:
    from apps.accounts.models import User  # noqa: PLC0415
    from apps.jobs import services  # noqa: PLC0415
    from apps.jobs.models import Job  # noqa: PLC0415
    from apps.jobs.rules import Asked  # noqa: PLC0415
    from apps.org.selectors import actor_of_user  # noqa: PLC0415

    Job.objects.all().delete()
    actor = actor_of_user(User.objects.get(username="merchandiser"))
    columns = ("sku", "product", "price_list", "n_amount")
    asked = Asked(path.suffix[1:], columns)
    services.create_export(actor, subject="products.price", office="admin", query="", asked=asked)


def export(path: Path, rows: int) -> None:
    assert work() == ("done", {"rows": rows})


def work() -> tuple[str, dict[str, int]]:
    """Run what waits; the job's state and counts."""
    from apps.jobs import services  # noqa: PLC0415
    from apps.jobs.models import Job  # noqa: PLC0415

    while services.run_due():
        continue
    job = Job.objects.get()
    return job.status, job.counts


STEPS = {
    "seed": seed,
    "write": write,
    "read": read,
    "upload": upload,
    "check": check,
    "import": apply,
    "price": price,
    "ask": ask,
    "export": export,
}
OUT = ("seed", "price", "ask", "export")
IN_AND_OUT = tuple(step for step in STEPS if step != "price")


if __name__ == "__main__":
    main()
