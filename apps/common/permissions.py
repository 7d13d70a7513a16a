"""Who may knock at a view at all. What they may do there is asked of ``org.selectors``."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView


class DenyAll(BasePermission):
    """The default: a view that declares nothing is closed."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return False


class SignedIn(BasePermission):
    """Any authenticated caller."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return request.auth is not None


class Public(BasePermission):
    """No sign-in: the caller proves themselves otherwise (password, signature)."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return True
