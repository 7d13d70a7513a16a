"""The API's manners: one error shape, decoded bodies, idempotency keys.

Every refusal leaves as RFC 9457 problem+json with a stable ``code``; ``docs/api-errors.md`` lists them.
"""

import hashlib
import logging
import re
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import defaults
from rest_framework import exceptions
from rest_framework.request import Request

from apps.common import context
from apps.common.errors import DomainError, Malformed, TooMany
from apps.common.idempotency import Once, Stored
from apps.common.problems import status_of

logger = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
CHALLENGE = 'Bearer realm="quanyu"'
RETRY_AFTER_SECONDS = "1"
KEY_PATTERN = re.compile(r"[\x21-\x7e]{8,255}")
Amount = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1, description="Minor units.")]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""An RFC 3339 time with its offset."""
Shape = TypeVar("Shape")
_encoder = msgspec.json.Encoder(enc_hook=str)


class KeyMissing(Malformed):
    code = "idempotency_key_missing"
    message = gettext_lazy("This call needs an Idempotency-Key header.")


class KeyMalformed(Malformed):
    code = "idempotency_key_malformed"
    message = gettext_lazy("An Idempotency-Key has 8 to 255 visible ASCII characters.")


class BodyInvalid(Malformed):
    code = "invalid_request"
    message = gettext_lazy("The request has not the documented shape: %(problem)s")


def decode(body: bytes, shape: type[Shape]) -> Shape:
    """The JSON body as ``shape``, a msgspec struct. Raises BodyInvalid."""
    if b"\\u0000" in body:
        raise BodyInvalid(problem="U+0000")  # PostgreSQL cannot store it
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.DecodeError as error:
        raise BodyInvalid(problem=str(error)) from error
    except UnicodeDecodeError as error:
        raise BodyInvalid(problem="UTF-8") from error


def once_of(request: Request, caller: str) -> Once:
    """The idempotency claim of a request. Raises KeyMissing, KeyMalformed."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        raise KeyMissing
    if not KEY_PATTERN.fullmatch(key):
        raise KeyMalformed
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body)
    return Once(caller=caller, key=key, body_hash=digest.hexdigest())


def answer(content: Any, *, http_status: int = 200) -> HttpResponse:
    """``content`` (structs, dicts, lists) as JSON. The stored result of a replay says that it is one."""
    response = HttpResponse(_encoder.encode(content), "application/json", http_status)
    if isinstance(content, Stored):
        response["Idempotency-Replayed"] = "true"
    return response


def exception_handler(error: Exception, handler_context: dict[str, Any]) -> HttpResponse | None:
    """Every refusal as problem+json; what is unknown goes on to the 500 page."""
    if isinstance(error, DomainError):
        http_status = status_of(type(error))
        response = problem(http_status, error.code, error.detail, error.fields)
        if http_status == 401:
            response["WWW-Authenticate"] = CHALLENGE
        if isinstance(error, TooMany):
            response["Retry-After"] = str(error.retry_after)
        return response
    if isinstance(error, RequestDataTooBig):
        return problem(413, "body_too_large", _("The request body is too large."))
    if isinstance(error, Http404):
        return problem(404, "not_found", _("There is nothing at this address."))
    if isinstance(error, OperationalError):
        return _unavailable(error)
    if isinstance(error, exceptions.APIException):
        return _api_problem(error)
    return None


def _unavailable(error: OperationalError) -> HttpResponse:
    """No connection, a lock not had in time, a deadlock: the transaction is gone, the call may be
    made again."""
    logger.warning("database not available", exc_info=error)
    response = problem(503, "unavailable", _("The platform is busy; try again in a moment."))
    response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _api_problem(error: exceptions.APIException) -> HttpResponse:
    if isinstance(error, exceptions.ValidationError):
        fields = {"errors": error.detail}
        return problem(400, "invalid_request", _("The request is not valid."), fields)
    codes = error.get_codes()
    response = problem(
        error.status_code,
        codes if isinstance(codes, str) else error.default_code,
        str(error.detail),
    )
    if challenge := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = challenge
    return response


def problem(
    http_status: int, code: str, detail: str, fields: dict[str, Any] | None = None
) -> HttpResponse:
    """One refusal in the one shape; ``fields`` names the offending input."""
    content = {
        "type": f"urn:quanyu:error:{code}",
        "title": code.replace("_", " "),
        "status": http_status,
        "code": code,
        "detail": detail,
        "fields": fields or {},
        "request_id": context.request_id.get(),
    }
    return HttpResponse(_encoder.encode(content), PROBLEM, http_status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """handler404, and the view of every /api/ address without a route."""
    if request.path.startswith("/api/"):
        return problem(404, "not_found", _("There is nothing at this address."))
    return defaults.page_not_found(request, exception or Http404())


def server_error(request: HttpRequest) -> HttpResponseBase:
    """handler500."""
    if request.path.startswith("/api/"):
        return problem(500, "internal_error", _("Something went wrong; nothing was changed."))
    return defaults.server_error(request)
