"""Refusals. A service or flow that refuses raises one of these; edges never catch them.

``code`` is stable and part of the public contract; ``message`` is translated for people.
``apps.common.api`` maps the seven kinds to HTTP in one place.
"""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """Base of every refusal. ``fields`` names the offending input, ``params`` fill the message."""

    code: ClassVar[str]
    message: ClassVar[str | Promise]

    def __init__(self, *, fields: dict[str, Any] | None = None, **params: Any) -> None:
        super().__init__(self.code)
        self.fields = fields or {}
        self.params = params

    @property
    def detail(self) -> str:
        """The message in the language that is active now."""
        return str(self.message) % self.params

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class Malformed(DomainError):
    """The input has not the documented shape (400)."""


class Unauthenticated(DomainError):
    """The caller did not prove who they are (401)."""


class NotPermitted(DomainError):
    """The caller's role does not hold the action (403)."""


class ActionNotPermitted(NotPermitted):
    code = "not_permitted"
    message = _("Your role does not allow this.")


class Missing(DomainError):
    """There is no such row, or none that the caller may see (404): the two are indistinguishable."""


class Conflict(DomainError):
    """The input is right, but the state of the world refuses it (409)."""


class Unprocessable(DomainError):
    """Well-formed input that names things that do not exist or do not fit (422)."""


class TooMany(DomainError):
    """Right, but too often (429); ``seconds`` among the parameters says how long to wait."""

    @property
    def retry_after(self) -> int:
        """Seconds to wait."""
        return int(self.params["seconds"])
