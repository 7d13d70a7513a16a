"""What drf-spectacular must be told: our structs, sign-in schemes, refusals and headers.

The views' request and response structs *are* the schema; nothing is described twice.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from django.utils import translation
from drf_spectacular.drainage import set_override
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from apps.common.api import PROBLEM, BodyInvalid, KeyMalformed, KeyMissing
from apps.common.errors import DomainError
from apps.common.idempotency import KeyInUse, KeyReused
from apps.common.problems import status_of
from apps.common.signatures import (
    SCHEME,
    WINDOW_SECONDS,
    ClockSkew,
    NonceReplayed,
    SignatureInvalid,
    SignatureMalformed,
)

View = TypeVar("View", bound=Callable[..., Any])
Refusals = Iterable[type[DomainError]]
SIGNED_REFUSALS = (SignatureMalformed, ClockSkew, SignatureInvalid, NonceReplayed)
REF = "#/components/schemas/{name}"
ONCE: tuple[type[DomainError], ...] = (KeyMissing, KeyMalformed, KeyInUse, KeyReused)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="8 to 255 visible ASCII characters of your own. The same key with the same body "
    "answers the stored result, byte for byte, with `Idempotency-Replayed: true`.",
)
NOT_SIGNED_IN = {
    "not_authenticated": "Authentication credentials were not provided.",
    "invalid_token": "The token is unknown, expired or revoked.",
}


class Problem(msgspec.Struct):
    """A refusal (RFC 9457). `code` is stable; `detail` is in the language of `Accept-Language`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    fields: dict[str, Any]
    request_id: str


class StructExtension(OpenApiSerializerExtension):
    """A msgspec struct is a schema component under its class name."""

    target_class = "msgspec.Struct"
    match_subclasses = True

    def get_name(self, auto_schema: Any, direction: Any) -> str:
        set_override(self.target, "suppress_collision_warning", True)
        return str(self.target.__name__)

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        _refs, components = msgspec.json.schema_components([self.target], ref_template=REF)
        own = _openapi_3_0(components.pop(self.target.__name__))
        for name, schema in components.items():
            component = ResolvedComponent(
                name=name, type=ResolvedComponent.SCHEMA, object=name, schema=_openapi_3_0(schema)
            )
            auto_schema.registry.register_on_missing(component)
        return own


def _openapi_3_0(schema: Any) -> Any:
    """JSON Schema 2020-12 → OpenAPI 3.0: ``null`` in a union becomes ``nullable``, and so on."""
    if isinstance(schema, list):
        return [_openapi_3_0(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    mapped = {
        key: _openapi_3_0(value)
        for key, value in schema.items()
        if (key, type(value)) != ("title", str) and (key, value) != ("required", [])
    }
    if isinstance(mapped.get("description"), str):
        mapped["description"] = inspect.cleandoc(mapped["description"])
    if mapped.pop("contentEncoding", None) == "base64":
        mapped["format"] = "byte"
    if examples := mapped.pop("examples", None):
        mapped["example"] = examples[0]
    options = mapped.get("anyOf")
    if isinstance(options, list) and {"type": "null"} in options:
        rest = [option for option in options if option != {"type": "null"}]
        del mapped["anyOf"]
        reference = len(rest) > 1 or "$ref" in rest[0]
        mapped |= ({"anyOf" if len(rest) > 1 else "allOf": rest} if reference else rest[0]) | {
            "nullable": True
        }
    return mapped


def in_no_language(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Drop what filters inherit from their columns: it depends on the language of whoever asks."""
    for methods in result["paths"].values():
        for described in methods.values():
            for parameter in described.get("parameters", ()):
                parameter["schema"].pop("title", None)
                parameter["schema"].pop("x-spec-enum-id", None)
    return result


class _Bearer(OpenApiAuthenticationExtension):
    """A scheme of sign-in; each kind of token has its own prefix."""

    target_class = None
    prefix = ""
    text = ""

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": f"{self.prefix}…",
            "description": self.text,
        }


class StaffToken(_Bearer):
    target_class = "apps.org.api.authentication.StaffTokenAuthentication"  # type: ignore[assignment]
    name = "staffToken"
    prefix = "qs_"
    text = "A staff user: POS and portal. From `POST /api/v1/staff/tokens`, valid for 12 hours."


class AppKey(_Bearer):
    """Either of two schemes: the key, or a signature made with the secret in it."""

    target_class = "apps.org.api.authentication.ApiKeyAuthentication"  # type: ignore[assignment]
    name = ["appKey", "appSignature"]
    prefix = "qk_"
    text = (
        "An application with scopes, perhaps bound to stores and channels, that is trusted with "
        "its key alone. Issued by head office."
    )
    signature_text = (
        f"An application that signs: `Authorization: {SCHEME} key_id=…, timestamp=…, nonce=…, "
        f"signature=…`. The timestamp is Unix seconds, at most {WINDOW_SECONDS} off; the nonce is "
        "new for every request; the signature is HMAC-SHA-256 over method, path and query, "
        "timestamp, nonce and the SHA-256 of the body. docs/api-clients.md has it in full, with "
        "a sample."
    )

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: Any) -> Any:
        signature = {"type": "http", "scheme": SCHEME, "description": self.signature_text}
        return [super().get_security_definition(auto_schema), signature]


class MemberToken(_Bearer):
    target_class = "apps.members.api.authentication.MemberTokenAuthentication"  # type: ignore[assignment]
    name = "memberToken"
    prefix = "qm_"
    text = "A member: mini-program. Sees and does only what is their own."


def operation(
    operation_id: str,
    summary: str,
    *,
    description: str = "",
    body: type[msgspec.Struct] | None = None,
    answers: Mapping[int, type[msgspec.Struct] | None],
    refusals: Refusals = (),
    sign_in: Mapping[str, str] = NOT_SIGNED_IN,
    parameters: Iterable[OpenApiParameter] = (),
    examples: Iterable[OpenApiExample] = (),
) -> Callable[[View], View]:
    """One operation of the API: what it takes, what it answers, and every refusal by code.

    ``sign_in`` are the refusals of sign-in; empty for an operation that is open to everybody.
    """
    named = [*parameters]
    if KeyMissing in refusals:
        named.append(IDEMPOTENCY_KEY)
    responses: dict[Any, Any] = {
        (http_status, "application/json") if shape else http_status: OpenApiResponse(
            shape, description=summary
        )
        for http_status, shape in answers.items()
    }
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        description=description,
        request=body,
        responses=responses | _problems([*refusals, BodyInvalid] if body else refusals, sign_in),
        parameters=named,
        examples=list(examples),
    )


def _problems(
    refusals: Refusals, sign_in: Mapping[str, str]
) -> dict[tuple[int, str], OpenApiResponse]:
    texts: dict[int, dict[str, str]] = {401: dict(sign_in)} if sign_in else {}
    with translation.override(None):
        for refusal in (*refusals, *(SIGNED_REFUSALS if sign_in else ())):
            text = re.sub(r"%\((\w+)\)s", r"{\1}", str(refusal.message))
            texts.setdefault(status_of(refusal), {})[refusal.code] = text
    return {
        (http_status, PROBLEM): OpenApiResponse(
            Problem,
            description="\n".join(f"- `{code}`: {text}" for code, text in sorted(found.items())),
        )
        for http_status, found in sorted(texts.items())
    }


def example(name: str, value: Mapping[str, Any]) -> OpenApiExample:
    """A request body as the documentation shows it."""
    return OpenApiExample(name, value=dict(value), request_only=True)
