"""The API's manners: one error shape, decoded bodies, idempotency keys."""

import hashlib
import re
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.common import context
from apps.common.errors import (
    Conflict,
    DomainError,
    Malformed,
    Missing,
    NotPermitted,
    Unprocessable,
)
from apps.common.idempotency import Once

PROBLEM = "application/problem+json"
KEY_PATTERN = re.compile(r"[\x21-\x7e]{8,255}")
STATUS_OF_KIND: tuple[tuple[type[DomainError], int], ...] = (
    (Malformed, status.HTTP_400_BAD_REQUEST),
    (NotPermitted, status.HTTP_403_FORBIDDEN),
    (Missing, status.HTTP_404_NOT_FOUND),
    (Conflict, status.HTTP_409_CONFLICT),
    (Unprocessable, status.HTTP_422_UNPROCESSABLE_ENTITY),
)


class KeyMissing(Malformed):
    code = "idempotency_key_missing"
    message = gettext_lazy("This call needs an Idempotency-Key header.")


class KeyMalformed(Malformed):
    code = "idempotency_key_malformed"
    message = gettext_lazy("An Idempotency-Key has 8 to 255 visible ASCII characters.")


class BodyInvalid(Malformed):
    code = "invalid_request"
    message = gettext_lazy("The request body has not the documented shape: %(problem)s")


def decode(body: bytes, shape: type[Any]) -> Any:
    """The JSON body as ``shape`` (a msgspec struct). Raises BodyInvalid."""
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


def exception_handler(error: Exception, handler_context: dict[str, Any]) -> Response | None:
    """Every refusal as problem+json; what is unknown goes on to the 500 page."""
    answer = _answer(error)
    if answer is None:
        return None
    http_status, code, detail, fields, headers = answer
    problem = _problem(http_status, code, detail, fields)
    return Response(problem, status=http_status, headers=headers, content_type=PROBLEM)


def problem_response(http_status: int, code: str, detail: str) -> JsonResponse:
    """The same shape from outside DRF: unknown routes and server errors."""
    return JsonResponse(_problem(http_status, code, detail, {}), status=http_status, content_type=PROBLEM)


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    return problem_response(404, "not_found", _("There is nothing at this address."))


def server_error(request: HttpRequest) -> JsonResponse:
    return problem_response(500, "internal_error", _("Something went wrong; nothing was changed."))


Answer = tuple[int, str, str, dict[str, Any], dict[str, str]]


def _answer(error: Exception) -> Answer | None:
    if isinstance(error, DomainError):
        http_status = next(code for kind, code in STATUS_OF_KIND if isinstance(error, kind))
        return http_status, error.code, error.detail, error.fields, {}
    if isinstance(error, RequestDataTooBig):
        return 413, "body_too_large", _("The request body is too large."), {}, {}
    if isinstance(error, Http404):
        return 404, "not_found", _("There is nothing at this address."), {}, {}
    if isinstance(error, exceptions.APIException):
        return _api_answer(error)
    return None


def _api_answer(error: exceptions.APIException) -> Answer:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(error.auth_header)  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]
    if isinstance(error, exceptions.ValidationError):
        return 400, "invalid_request", _("The request is not valid."), {"errors": error.detail}, headers
    code = error.get_codes() if isinstance(error.get_codes(), str) else error.default_code
    return error.status_code, str(code), str(error.detail), {}, headers


def _problem(http_status: int, code: str, detail: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": f"urn:quanyu:error:{code}",
        "title": code.replace("_", " "),
        "status": http_status,
        "code": code,
        "detail": detail,
        "fields": fields,
        "request_id": context.request_id.get(),
    }
