"""What import-linter and ruff cannot see of the house's rules; each rule is seen to catch its fault."""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = {
    contract["id"]: contract for contract in PYPROJECT["tool"]["importlinter"]["contracts"]
}

# The first pattern that fits a file counts.
LINE_LIMITS = (
    ("apps/*/migrations/*.py", 100_000),
    ("apps/flows/*.py", 150),
    ("config/settings.py", 200),
    ("tests/*.py", 600),
    ("*.py", 400),
)
ENQUEUE = {"delay", "delay_on_commit", "apply_async", "apply_async_on_commit", "send_task"}
NETWORK = {"requests", "httpx", "aiohttp", "socket", "smtplib", "http.client", "urllib.request"}
EDGES = (
    "*/api/*",
    "*/admin.py",
    "*/admin/*",
    "*/portal.py",
    "*/office.py",
    "*/office/*",
    "*/files.py",
    "*/changes.py",
    "*/management/*",
    "config/*",
)
PURE = (
    "django_otp.oath",
    "apps.common",
    "apps.accounts.actor",
    "django.utils.translation",
    "phonenumbers",
)

Rule = Callable[[str, ast.Module], Iterator[str]]


def fits(path: str, *patterns: str) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)


def imported(tree: ast.AST) -> Iterator[str]:
    """Full names of what a module imports, ``from a import b`` as ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def under(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def called(tree: ast.AST) -> Iterator[str]:
    """The last name of everything a module calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node.func.id


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def no_signals(path: str, tree: ast.Module) -> Iterator[str]:
    """What a write leads to is read in a flow, not in a receiver."""
    for name in imported(tree):
        if fits(path, "apps/*") and under(name, "django.dispatch", "django.db.models.signals"):
            yield name


def no_save_override(path: str, tree: ast.Module) -> Iterator[str]:
    if fits(path, "apps/*/models.py", "apps/*/models/*.py"):
        yield from (f.name for f in functions(tree) if f.name in {"save", "delete"})


def no_generic_relation(path: str, tree: ast.Module) -> Iterator[str]:
    for name in imported(tree):
        if fits(path, "apps/*") and under(name, "django.contrib.contenttypes.fields"):
            yield name


def migrations_know_no_app(path: str, tree: ast.Module) -> Iterator[str]:
    """A migration must run long after the code it was written with is gone."""
    if fits(path, "apps/*/migrations/0*.py"):
        yield from (name for name in imported(tree) if under(name, "apps", "config"))


def migrations_have_a_name(path: str, tree: ast.Module) -> Iterator[str]:
    if fits(path, "apps/*/migrations/*_auto_*.py", "apps/*/migrations/*_alter_*_and_more.py"):
        yield Path(path).name


def no_flag_parameters(path: str, tree: ast.Module) -> Iterator[str]:
    """No boolean switches the behaviour of a flow, a service or a selector: two names do."""
    if not fits(
        path, "apps/flows/*", "*/services.py", "*/services/*", "*/selectors.py", "*/selectors/*"
    ):
        return
    for function in functions(tree):
        for argument in function.args.args + function.args.kwonlyargs:
            if isinstance(argument.annotation, ast.Name) and argument.annotation.id == "bool":
                yield f"{function.name}({argument.arg})"


def only_flows_and_edges_enqueue(path: str, tree: ast.Module) -> Iterator[str]:
    """An app's tasks too: its top room, which nothing but edges and flows can import."""
    if fits(path, "apps/*") and not fits(path, "apps/flows/*", "apps/*/tasks.py", *EDGES):
        yield from (name for name in called(tree) if name in ENQUEUE)


def only_providers_go_outside(path: str, tree: ast.Module) -> Iterator[str]:
    """A provider is called between transactions, so nothing else may open a connection."""
    if fits(path, "apps/*") and not fits(path, "*/providers/*", "apps/common/runtime/*"):
        yield from (name for name in imported(tree) if under(name, *NETWORK))


def one_clock(path: str, tree: ast.Module) -> Iterator[str]:
    if not fits(path, "apps/*") or fits(path, "apps/common/clock.py", "apps/common/runtime/*"):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            text = ast.unparse(node.func)
            if text in {"datetime.now", "datetime.utcnow", "timezone.now", "date.today"}:
                yield text


def rules_are_pure(path: str, tree: ast.Module) -> Iterator[str]:
    """Plain values in, plain values out: no ORM, no clock, no settings."""
    if not fits(path, "apps/*/rules.py", "apps/*/*_rules.py"):
        return
    for name in imported(tree):
        standard = name.split(".")[0] in sys.stdlib_module_names
        if not standard and not under(name, *PURE) and not fits(name, "apps.*.rules*"):
            yield name
    yield from (name for name in called(tree) if name == "now")


def flows_write_through_services(path: str, tree: ast.Module) -> Iterator[str]:
    if fits(path, "apps/flows/*"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "objects":
                yield ast.unparse(node)


def lists_start_from_visible_to(path: str, tree: ast.Module) -> Iterator[str]:
    """A public selector of rows asks an actor's reach, or narrows rows that were given to it."""
    if not fits(path, "apps/*/selectors.py"):
        return
    for function in functions(tree):
        returns = ast.unparse(function.returns) if function.returns else ""
        if function.name.startswith("_") or not returns.startswith("QuerySet"):
            continue
        annotations = [ast.unparse(a.annotation) for a in function.args.args if a.annotation]
        narrows = any(annotation.startswith("QuerySet") for annotation in annotations)
        asks = any(
            ast.unparse(node).startswith("actor.") or "actor" in map(ast.unparse, node.args)
            for node in ast.walk(function)
            if isinstance(node, ast.Call)
        )
        if not narrows and not asks:
            yield function.name


def no_file_too_long(path: str, text: str) -> Iterator[str]:
    limit = next(limit for pattern, limit in LINE_LIMITS if fits(path, pattern))
    lines = text.count("\n")
    if lines > limit:
        yield f"{lines} lines, {limit} are allowed"


FAULTS: dict[Rule, tuple[str, str]] = {
    no_signals: ("apps/orders/models.py", "from django.dispatch import receiver"),
    no_save_override: ("apps/orders/models.py", "class A:\n    def save(self): ..."),
    no_generic_relation: (
        "apps/orders/models.py",
        "from django.contrib.contenttypes.fields import GenericForeignKey",
    ),
    migrations_know_no_app: ("apps/orders/migrations/0002_a.py", "import apps.orders.models"),
    migrations_have_a_name: ("apps/orders/migrations/0002_auto_20261124_2241.py", ""),
    no_flag_parameters: ("apps/flows/a.py", "def a(*, quiet: bool = False): ..."),
    only_flows_and_edges_enqueue: ("apps/orders/services.py", "notify.delay_on_commit(1)"),
    only_providers_go_outside: ("apps/flows/a.py", "import urllib.request"),
    one_clock: ("apps/orders/services.py", "datetime.now(UTC)"),
    rules_are_pure: ("apps/orders/rules.py", "from django.db import models"),
    flows_write_through_services: ("apps/flows/a.py", "Order.objects.create()"),
    lists_start_from_visible_to: (
        "apps/orders/selectors.py",
        "def orders(number: str) -> QuerySet[Order]: ...",
    ),
}


def python_files() -> list[Path]:
    folders = ("apps", "config", "tests", "benchmarks")
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return {str(path.relative_to(ROOT)): path.read_text() for path in python_files()}


@pytest.mark.parametrize("rule", FAULTS, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Rule, sources: dict[str, str]) -> None:
    found = {
        path: complaints
        for path, text in sources.items()
        if (complaints := list(rule(path, ast.parse(text))))
    }
    assert found == {}


@pytest.mark.parametrize("rule", FAULTS, ids=lambda rule: rule.__name__)
def test_the_rule_sees_its_fault(rule: Rule) -> None:
    path, text = FAULTS[rule]
    assert list(rule(path, ast.parse(text))) != []


def test_no_file_is_too_long(sources: dict[str, str]) -> None:
    found = {
        path: complaints
        for path, text in sources.items()
        if (complaints := list(no_file_too_long(path, text)))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("apps/flows/a.py", 151),
        ("config/settings.py", 201),
        ("tests/orders/a.py", 601),
        ("apps/a.py", 401),
    ],
)
def test_a_line_too_many_is_seen(path: str, lines: int) -> None:
    assert list(no_file_too_long(path, "\n" * lines)) != []
    assert list(no_file_too_long(path, "\n" * (lines - 1))) == []


def level(label: str) -> int:
    """How high an app stands in the layers of pyproject.toml; lower layers have higher numbers."""
    for height, layer in enumerate(CONTRACTS["layers"]["layers"]):
        if label in (name.strip(" ()") for name in layer.split("|")):
            return height
    raise AssertionError(f"{label} has no place in the layers")


def points_wrong(origin: str, target: str) -> bool:
    return origin != target and level(target) <= level(origin)


def test_no_foreign_key_points_up_or_sideways() -> None:
    ours = [model for model in apps.get_models() if model.__module__.startswith("apps.")]
    relations = [
        (model._meta.app_label, field.related_model._meta.app_label, str(field))
        for model in ours
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        if field.related_model in ours
    ]
    assert len(relations) > 30
    assert [relation for relation in relations if points_wrong(*relation[:2])] == []


@pytest.mark.parametrize(
    ("origin", "target", "wrong"),
    [
        ("orders", "payments", True),
        ("inventory", "loyalty", True),
        ("payments", "orders", False),
        ("orders", "orders", False),
    ],
)
def test_up_and_sideways_are_wrong(origin: str, target: str, wrong: bool) -> None:
    assert points_wrong(origin, target) is wrong


PLANTED = (
    ("layers", "apps/orders/selectors.py", "import apps.inventory.models"),
    ("layers", "apps/loyalty/selectors.py", "import apps.payments.models"),
    ("layers", "apps/org/selectors.py", "import apps.flows.quote"),
    ("layers", "apps/members/selectors.py", "def f():\n    import apps.orders.models"),
    ("edges", "apps/payments/selectors.py", "import apps.payments.api.views"),
    ("edges", "apps/orders/api/views.py", "import apps.members.api.views"),
    ("edges", "apps/inventory/selectors.py", "import apps.org.offices.base"),
    ("rooms", "apps/members/models.py", "import apps.members.selectors"),
    ("rooms", "apps/orders/rules.py", "import apps.orders.models"),
    ("no-http", "apps/products/selectors.py", "import rest_framework.views"),
    ("no-http", "apps/flows/quote.py", "import apps.common.api"),
)
ALLOWED = (
    ("apps/products/api/views.py", "import apps.flows.quote"),
    ("apps/products/api/views.py", "import apps.loyalty.selectors"),
    ("apps/inventory/selectors.py", "import apps.orders.selectors"),
)


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What import-linter says, by contract, about a copy of the house with imports planted in it."""
    folder = tmp_path_factory.mktemp("house")
    for name in ("apps", "config"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "apps/somewhere").mkdir()
    (folder / "apps/somewhere/__init__.py").touch()
    for path, line in (*((path, line) for _id, path, line in PLANTED), *ALLOWED):
        with (folder / path).open("a") as module:
            module.write(f"\n{line}\n")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    report = done.stdout.partition("Broken contracts")[2]
    places = sorted(
        (report.index(value["name"] + "\n---"), key) for key, value in CONTRACTS.items()
    )
    ends = [place for place, _key in places[1:]] + [len(report)]
    return {key: report[place:end] for (place, key), end in zip(places, ends, strict=True)}


def arrow(path: str, line: str) -> str:
    """The import as import-linter words it."""
    importer = path.removesuffix(".py").replace("/", ".")
    target = line.split()[-1]
    return f"{importer} -> {'rest_framework' if target.startswith('rest_') else target} (l."


@pytest.mark.parametrize(("contract", "path", "line"), PLANTED)
def test_a_forbidden_import_is_seen(
    verdict: dict[str, str], contract: str, path: str, line: str
) -> None:
    assert arrow(path, line) in verdict[contract]


@pytest.mark.parametrize(("path", "line"), ALLOWED)
def test_an_edge_may_import_flows_and_cores_and_a_core_lower_cores(
    verdict: dict[str, str], path: str, line: str
) -> None:
    assert arrow(path, line) not in "".join(verdict.values())


def test_an_app_without_a_place_in_the_layers_is_seen(verdict: dict[str, str]) -> None:
    assert "somewhere" in verdict["layers"]
