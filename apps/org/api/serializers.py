"""Shapes of sign-in and of "who am I"."""

from typing import Annotated

import msgspec
from msgspec import Meta

from apps.common.api import Instant


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """User name and password of a staff user.

    `code` is the six digits of the authenticator app, or a recovery code, of people who have set a
    second factor up.
    """

    username: Annotated[str, Meta(max_length=64)]
    password: Annotated[str, Meta(max_length=128)]
    code: Annotated[str, Meta(max_length=32)] = ""


class IssuedToken(msgspec.Struct):
    """A new token; it is shown this once."""

    token: str
    expires_at: Instant
    roles: list[str]


class Grant(msgspec.Struct):
    """One role or set of scopes, and the rows it applies to.

    `codes` names the regions, franchisees or stores of `scope`; it is empty for `all`.
    """

    role: str
    scope: str
    codes: list[str]
    actions: list[str]


class Me(msgspec.Struct):
    """The caller: `kind` is staff, member or app; `name` the user name, member number or app name.

    `stores` holds the codes of the stores the caller sees, the first 200; null means every store.
    """

    kind: str
    name: str
    grants: list[Grant]
    stores: list[str] | None
