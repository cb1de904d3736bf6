"""Where gateways report what became of messages, and hand in replies. See docs/gateway.md."""

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha1
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dure import clock
from dure.desk.replies import Came, hear_all
from dure.outbox import receipts
from dure.outbox.carriers import solapi as carrier
from dure.outbox.models import Status
from dure.outbox.signed import holds
from dure.signing import limits

T = TypeVar("T")
AT_MOST, AT_ONCE = 64 * 1024, 1000  # bytes, entries


class Unreadable(Exception):
    """This isn't what the page of the gateway says."""


@csrf_exempt
@require_POST
def status(request: HttpRequest) -> HttpResponse:
    """What became of messages: a list of {"key", "status", "at", "seq", "reason"}, signed."""
    body = _body(request)
    if not _signed(request, body):
        return _forged(request, "The signature doesn't hold.")
    said, wrong = _read(body, _receipt)
    ours = receipts.hear(said, now=clock.now())
    return _answer({"taken": ours, "unknown": len(said) - ours}, wrong)


@csrf_exempt
@require_POST
def replies(request: HttpRequest) -> HttpResponse:
    """Text messages that came back: {"from", "text", "at"}, or a list of them, signed."""
    body = _body(request)
    if not _signed(request, body):
        return _forged(request, "The signature doesn't hold.")
    came, wrong = _read(body, _reply)
    left = [each for each in came if not _reported(each)]
    reports = {"reports": len(came) - len(left)} if len(left) < len(came) else {}
    return _answer({"taken": len(came), "answered": hear_all(left, now=clock.now()), **reports}, wrong)


def _reported(came: Came) -> bool:
    """Whether it is an urgent report from the field, which can't be answered as a reply."""
    return bool(import_string("dure.urls.TEXTED")(came.number, came.text, now=clock.now()))


@csrf_exempt
@require_POST
def solapi(request: HttpRequest) -> HttpResponse:
    """Delivery as Solapi's webhook reports it: a list of messages, with the hash of the webhook's secret."""
    body, secret = _body(request), settings.DURE_SOLAPI["webhook"]
    given = request.headers.get("X-Solapi-Secret", "")
    if not secret or not constant_time_compare(given, sha1(secret.encode()).hexdigest()):
        return _forged(request, "The secret doesn't hold.")
    try:
        said = [carrier.reported(each, clock.now()) for each in _entries(body)]
    except Unreadable as problem:
        return _said(str(problem), 400)
    ours = receipts.hear([each for each in said if each], now=clock.now())
    return JsonResponse({"taken": ours})


def _forged(request: HttpRequest, message: str) -> HttpResponse:
    """What isn't signed is counted; what is signed never is."""
    limits.guessed(request, "signatures")
    return _said(message, 403)


def _said(message: str, code: int) -> HttpResponse:
    return JsonResponse({"message": message}, status=code)


def _body(request: HttpRequest) -> bytes:
    """Empty when it is too large or didn't arrive whole: no signature holds over that."""
    try:
        if int(request.headers.get("Content-Length") or 0) > AT_MOST:
            return b""
        return request.body
    except (RequestDataTooBig, UnreadablePostError, ValueError):
        return b""


def _signed(request: HttpRequest, body: bytes) -> bool:
    stamp, given = request.headers.get("Dure-Timestamp", ""), request.headers.get("Dure-Signature", "")
    return bool(body) and holds(settings.DURE_GATEWAY_KEY, stamp, given, body, real=clock.real())


def _read(body: bytes, one: Callable[[dict[str, Any]], T]) -> tuple[list[T], str]:
    """What can be read of a list, and what is wrong with the rest: one bad entry holds no other up."""
    found, wrong = [], ""
    try:
        entries = _entries(body)
    except Unreadable as problem:
        return [], str(problem)
    for number, each in enumerate(entries, 1):
        try:
            found.append(one(each))
        except Unreadable as problem:
            wrong = wrong or f"Entry {number}: {problem}"
    return found, wrong


def _answer(counts: dict[str, int], wrong: str) -> HttpResponse:
    return JsonResponse(counts | {"message": wrong}, status=400) if wrong else JsonResponse(counts)


def _entries(body: bytes) -> list[dict[str, Any]]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as problem:  # too deep to be read is no JSON of ours
        raise Unreadable("This isn't JSON.") from problem
    given = [given] if isinstance(given, dict) else given
    if not isinstance(given, list) or len(given) > AT_ONCE or not all(isinstance(each, dict) for each in given):
        raise Unreadable("Send a list of at most 1,000 objects.")
    return given


def _receipt(given: dict[str, Any]) -> receipts.Said:
    seq = given.get("seq")
    if given.get("status") not in Status.values:
        raise Unreadable(f"status is one of {', '.join(Status.values)}.")
    if seq is not None and (isinstance(seq, bool) or not isinstance(seq, int) or abs(seq) >= 2**63):
        raise Unreadable("seq is a whole number, or left out.")
    reason = _text(given, "reason", "")
    return receipts.Said(_text(given, "key"), given["status"], _moment(given), seq, receipts.reason(reason))


def _reply(given: dict[str, Any]) -> Came:
    return Came(_text(given, "from"), _text(given, "text"), _moment(given))


def _text(given: dict[str, Any], field: str, otherwise: str | None = None) -> str:
    found = given.get(field, otherwise)
    if not isinstance(found, str):
        raise Unreadable(f"{field} is a text.")
    return found.replace("\x00", "").encode("utf-8", "replace").decode()  # what the database can't keep


def _moment(given: dict[str, Any]) -> datetime:
    try:
        found = datetime.fromisoformat(_text(given, "at"))
    except ValueError as problem:
        raise Unreadable("at is a moment with its zone, e.g. 2026-11-23T12:00:00+09:00.") from problem
    if found.tzinfo is None or not 2000 <= found.year < 2200:
        raise Unreadable("at is a moment with its zone, e.g. 2026-11-23T12:00:00+09:00.")
    return found
