"""The one map from the kinds of refusal to HTTP."""

from apps.common.errors import (
    Conflict,
    DomainError,
    Malformed,
    Missing,
    NotPermitted,
    TooMany,
    Unauthenticated,
    Unprocessable,
)

STATUS_OF_KIND: tuple[tuple[type[DomainError], int], ...] = (
    (Malformed, 400),
    (Unauthenticated, 401),
    (NotPermitted, 403),
    (Missing, 404),
    (Conflict, 409),
    (Unprocessable, 422),
    (TooMany, 429),
)


def status_of(refusal: type[DomainError]) -> int:
    """The HTTP status of a refusal."""
    return next(status for kind, status in STATUS_OF_KIND if issubclass(refusal, kind))
