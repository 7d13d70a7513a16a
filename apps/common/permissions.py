"""What a view lets in, declared method by method; on which rows is asked of ``org.selectors``.

A view without a declaration is closed, and the system checks do not let it start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.common.errors import ActionNotPermitted

if TYPE_CHECKING:
    from rest_framework.views import APIView


@dataclass(frozen=True, slots=True)
class Public:
    """No sign-in; ``reason`` says by what else the caller proves themselves."""

    reason: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Any caller whom we know; ``reason`` says why no action is asked."""

    reason: str


Rule = str | Public | SignedIn
"""The action that a caller must hold, or one of the two exceptions."""
Rules = Mapping[str, Rule]
"""HTTP method in small letters → rule."""


class DenyAll(BasePermission):
    """The default: a view that declares nothing is closed."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return False


class Declared(BasePermission):
    """Lets in whom the view's ``actions`` name. Raises ActionNotPermitted.

    A method that the view does not have, and OPTIONS, which no view has, are let through to their
    405; one that it has, but does not declare, is closed.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        rules: Rules = getattr(view, "actions", {})
        method = str(request.method).lower()
        rule = rules.get("get" if method == "head" else method)
        caller: Any = request.auth
        if isinstance(rule, Public):
            return True
        absent = rule is None and (method == "options" or not hasattr(view, method))
        if caller is None:
            return absent and not request.authenticators  # else 401 comes before 405
        if absent or isinstance(rule, SignedIn):
            return True
        if rule is None:
            return False
        if not caller.may(rule):
            raise ActionNotPermitted
        return True
