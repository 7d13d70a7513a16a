"""SKUs and prices as a request gives them, judged and kept as the rows of a file are."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg import errors

from apps.accounts.actor import Actor
from apps.common import idempotency
from apps.common.errors import ActionNotPermitted, Conflict, Unprocessable
from apps.common.idempotency import Once
from apps.jobs import registry
from apps.jobs.formats import CellFault, read_cell
from apps.jobs.models import Job
from apps.jobs.registry import Import, Pass
from apps.jobs.rules import Column, Outcome, Refusal, Row, Verdict
from apps.org import selectors as org

Item = Mapping[str, Any]


class ItemsRefused(Unprocessable):
    code = "items_refused"
    message = gettext_lazy("%(count)s items were refused, so none was kept.")


class ItemsOvertaken(Conflict):
    code = "items_overtaken"
    message = gettext_lazy("Somebody else wrote the same goods meanwhile; send it again.")


def upsert(
    actor: Actor, subject: str, items: Sequence[Item], policy: Job.Policy, once: Once
) -> dict[str, Any]:
    """Keep ``items`` by the import of that subject; what became of each, in order.

    Texts are read as cells of a file are; other values, and those that no column is for, are taken as
    they are. Raises ActionNotPermitted, ItemsRefused, ItemsOvertaken, KeyInUse, KeyReused, and what
    the import refuses as a whole.
    """
    one = registry.import_of(subject)
    if not org.reach_of(actor, one.action).everything:  # the catalogue is the brand's
        raise ActionNotPermitted
    try:
        with transaction.atomic(durable=True):
            done = idempotency.begin(once)
            if done is not None:
                return done
            return idempotency.finish(once, _kept(actor, one, items, policy))
    except IntegrityError as error:
        if not isinstance(error.__cause__, errors.UniqueViolation):
            raise
        raise ItemsOvertaken from error


def _kept(actor: Actor, one: Import, items: Sequence[Item], policy: Job.Policy) -> dict[str, Any]:
    through = one.through(one)
    judged = list(_read(one, through, items))
    good = [row for row, refusals in judged if not refusals]
    judge = through.check if policy == Job.Policy.DRY_RUN else through.apply
    answered = iter(judge(actor, good) if good else ())
    verdicts = [
        Verdict(Outcome.ERROR, refusals=refusals) if refusals else next(answered)
        for _row, refusals in judged
    ]
    results = [_result(one, *pair) for pair in zip(items, verdicts, strict=True)]
    if policy == Job.Policy.REJECT_ALL:
        _require_all_good(results)
    counts = Counter(verdict.outcome.value for verdict in verdicts)
    return {
        "on_error": policy.value,
        "counts": {outcome.value: counts[outcome.value] for outcome in Outcome},
        "results": results,
    }


def _require_all_good(results: Sequence[Mapping[str, Any]]) -> None:
    """Raises ItemsRefused with those that are not, and their places."""
    refused = [
        {"item": place, **result}
        for place, result in enumerate(results)
        if result["outcome"] == Outcome.ERROR
    ]
    if refused:
        raise ItemsRefused(count=len(refused), fields={"results": refused})


def _read(
    one: Import, through: Pass, items: Sequence[Item]
) -> Iterator[tuple[Row, Sequence[Refusal]]]:
    """Each item as a row, with what is wrong with it before the center judges it."""
    seen: set[str] = set()
    for number, item in enumerate(items, 1):
        row = _row(one.columns, number, item)
        refusals = [Refusal(name, *fault) for name, fault in row.faults.items()]
        if not any(name in row.faults for name in one.key):
            key = repr(list(through.key_of(row)))
            if key in seen:
                detail = _("An earlier item has the same key.")
                refusals.append(Refusal(one.key[0], "duplicate_row", detail))
            seen.add(key)
        yield row, refusals


def _row(columns: Sequence[Column], number: int, item: Item) -> Row:
    values = dict(item)
    faults: dict[str, tuple[str, str]] = {}
    for column in columns:
        given = item.get(column.name)
        if given is not None and not isinstance(given, str):
            continue
        try:
            values[column.name] = read_cell(column, given)
        except CellFault as fault:
            values.pop(column.name, None)
            faults[column.name] = (fault.code, fault.detail)
    return Row(number, values, faults)


def _result(one: Import, item: Item, verdict: Verdict) -> dict[str, Any]:
    return {
        **{name: item.get(name) for name in one.key},
        "outcome": verdict.outcome.value,
        "changes": {name: list(pair) for name, pair in verdict.changes.items()},
        "errors": [
            {"field": refusal.column, "code": refusal.code, "detail": refusal.detail}
            for refusal in verdict.refusals
        ],
    }
