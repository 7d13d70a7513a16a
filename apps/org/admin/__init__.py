"""Head office: the organisation, who holds which role in it, and what applications are bound to."""

from apps.org.admin import bindings, dated, groups, places, roles, stores

__all__ = ["bindings", "dated", "groups", "places", "roles", "stores"]
