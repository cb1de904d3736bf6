"""The door for phones: what was seen comes in here, and today's stops go out."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from ninja import Field, Header, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from dure import clock
from dure.care.phone import pack
from dure.care.photos.actions import keep as keep_photo
from dure.duty.reports import Envelope, keep, keep_all
from dure.errors import Refused
from dure.field import kept, phones, photos
from dure.field.actions import take_code
from dure.field.batches import open_batch
from dure.field.envelopes import AT_MOST, Unreadable, open_envelope, too_large
from dure.field.known import ByKey, FromPhone
from dure.field.sealed import public
from dure.field.shown import case_at_a_door, case_now, desk_of, looked
from dure.postgres.texts import storable
from dure.signing.limits import TooOften, only_wrong_ones

URGENT_UNSENT = 600  # seconds after which a phone that can't send asks its owner to call
ENDED, PIN, UNKNOWN = "ended", "pin", "unknown"  # why the server shows nothing, in a word that the phone knows


class Said(Schema):
    """A no, in a sentence; `why` is a word for the phone."""

    message: str
    why: str = ""


class Kept(Schema):
    """The report under this key is kept here; `known`: it was already."""

    key: UUID
    known: bool


class Code(Schema):
    """The code that somebody was told, and how the phone calls itself; `before`: the key that it had until now."""

    code: str
    name: str = ""
    before: str = ""


class Known(Schema):
    """The key with which the phone hands in, and whose phone it is."""

    key: str
    person: str
    ref: UUID


class ReadKey(Schema):
    """A key that the phone has made, with which it reads from now on."""

    read_key: str = Field(min_length=32, max_length=200)


class Wiped(Schema):
    """Why the phone has wiped what can be read on it, and how many reports it still owed."""

    why: Literal["pins", "gone", "ended"]
    unsent: int = Field(0, ge=0, le=99_999)


class One(Schema):
    """What became of one of several reports; why it isn't taken, in a sentence."""

    key: str
    ok: bool
    message: str = ""


class Taken(Schema):
    """What became of each of several reports."""

    reports: list[One]


Shown = dict[str, Any]
ReadHeader = Annotated[str, Header(alias="Dure-Read-Key")]
NO: dict[Any, Any] = {400: Said, 401: Said}
NOT_SHOWN: dict[Any, Any] = {**NO, 403: Said}
REPORT = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "description": "Sealed as `docs/decisions/0010-phones.md` says, or plain.",
                    "properties": {
                        "sealed": {"type": "object"}, "sent_at": {"type": "string"}, "body": {}, "kind": {},
                        "version": {}, "about": {}, "gravity": {}, "seen_at": {},
                    },
                }
            }
        },
    }
}  # fmt: skip
PHOTO = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {
                "schema": {
                    "type": "string",
                    "format": "binary",
                    "description": "A line of JSON and the sealed bytes: `docs/decisions/0010-phones.md`.",
                }
            }
        },
    }
}

REPORTS = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "description": "Up to 100 reports, each with its key as it is put alone; `sent_at` of all.",
                    "properties": {
                        "sent_at": {"type": "string"},
                        "reports": {"type": "array", "items": {"type": "object"}},
                    },
                }
            }
        },
    }
}

api = NinjaAPI(title="Dure field", version="1", urls_namespace="field-v1", auth=ByKey(), openapi_url=None)


def _said(message: str, status: int, why: str = "") -> HttpResponse:
    return JsonResponse({"message": message, **({"why": why} if why else {})}, status=status)


@api.exception_handler(AuthenticationError)
def _unknown_phone(request: HttpRequest, problem: AuthenticationError) -> HttpResponse:
    known = _("This phone isn't known here. Call your desk; what you entered stays on the phone.")
    return _said(known, 401, UNKNOWN)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, problem: Refused) -> HttpResponse:
    return _said(problem.message, 409)


@api.exception_handler(TooOften)
def _too_often(request: HttpRequest, problem: TooOften) -> HttpResponse:
    answer = _said(problem.message, 429)
    answer.headers["Retry-After"] = str(problem.seconds)
    return answer


@api.exception_handler(Unreadable)
def _unreadable(request: HttpRequest, problem: Unreadable) -> HttpResponse:
    return _said(problem.message, problem.status, problem.why)


@api.exception_handler(HttpError)
@api.exception_handler(ValidationError)
def _not_understood(request: HttpRequest, problem: Exception) -> HttpResponse:
    return _said(_("This can't be read. Load the page again and try once more."), 400)


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, problem: Http404) -> HttpResponse:
    return nothing_here(request)


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """There is nothing at this address; a phone of any version gets a sentence."""
    return _said(_("There is nothing at this address. Load the page again."), 404)


@api.put("/reports/{key}", response={200: Kept, 201: Kept, **NO, 413: Said}, openapi_extra=REPORT)
def put_report(request: FromPhone, key: str) -> HttpResponse:
    """Hand in a report, sealed or plain. Send it again whenever you are unsure: it counts once.

    What a phone hands in that was lost or taken away is kept and set apart, but for alarms.
    """
    envelope = open_envelope(key, _content(request), now=request.now)
    known = _hand_in(request, envelope)
    return JsonResponse({"key": str(envelope.key), "known": known}, status=200 if known else 201)


def _hand_in(request: FromPhone, envelope: Envelope) -> bool:
    """Keep it and act on it; whether it was known already."""
    report, new = keep(envelope, by=request.auth.person, device=request.auth, now=request.now)
    if new or not report.understood_at:
        kept.act(report, import_string("dure.urls.TAKERS"), ended=request.ended, now=request.now)
    return not new


@api.post("/reports", response={200: Taken, **NO, 413: Said}, openapi_extra=REPORTS)
def post_reports(request: FromPhone) -> dict[str, Any]:
    """Hand in several reports at once, packed with gzip or not. Each is answered by itself: none holds up another.

    What is urgent is acted on before the answer; all else is kept, and acted on a moment later.
    """
    answers: list[dict[str, Any]] = []
    later: list[Envelope] = []
    for key, given in open_batch(_content(request), packed=request.headers.get("Content-Encoding") == "gzip"):
        try:
            envelope = open_envelope(key, given, now=request.now)
            if kept.can_wait(envelope):
                later.append(envelope)
            else:
                _hand_in(request, envelope)
            answers.append({"key": key, "ok": True})
        except Unreadable as problem:
            answers.append({"key": key, "ok": False, "message": problem.message})
    keep_all(later, by=request.auth.person, device=request.auth, now=request.now)
    return {"reports": answers}


@api.api_operation(["GET", "PUT", "PATCH", "DELETE"], "/reports", auth=None, include_in_schema=False)
def only_post(request: HttpRequest) -> HttpResponse:
    """Reports are handed in here, nothing else is done."""
    return nothing_here(request)


@api.api_operation(["GET", "POST", "PATCH", "DELETE"], "/photos/{key}", auth=None, include_in_schema=False)
@api.api_operation(["GET", "POST", "PATCH", "DELETE"], "/reports/{key}", auth=None, include_in_schema=False)
def only_put(request: HttpRequest, key: str) -> HttpResponse:
    """A report or a photograph is put, nothing else is done to it."""
    return _said(_("There is nothing at this address. Load the page again."), 405)


def _content(request: HttpRequest) -> bytes:
    try:
        if int(request.headers.get("Content-Length") or 0) > AT_MOST:
            raise too_large()
        return request.body
    except RequestDataTooBig as problem:
        raise too_large() from problem
    except (ValueError, UnreadablePostError) as problem:
        raise Unreadable(400, _("This report didn't arrive whole. It is sent again by itself.")) from problem


@api.put("/photos/{key}", response={200: Kept, 201: Kept, **NO, 413: Said, 422: Said}, openapi_extra=PHOTO)
def put_photo(request: FromPhone, key: str) -> HttpResponse:
    """Hand in a photograph of a report, sealed. It counts once; its report may come before it or after it."""
    sent = photos.open_photo(key, _bytes_of(request), now=request.now)
    apart_from = phones.is_apart(request.auth, request.ended)
    try:
        new = keep_photo(sent, by=request.auth.person, device=request.auth, apart=apart_from, now=request.now)
    except Refused as problem:
        raise photos.refused(problem) from problem
    return JsonResponse({"key": str(sent.key), "known": not new}, status=201 if new else 200)


def _bytes_of(request: HttpRequest) -> bytes:
    try:
        raw = request.read(photos.AT_MOST + 1)
    except OSError as problem:
        raise Unreadable(400, _("This photo didn't arrive whole. It is sent again by itself.")) from problem
    if len(raw) > photos.AT_MOST:
        raise photos.too_large()
    return raw


@api.get("/hello", response={200: Shown, **NO})
def hello(request: FromPhone) -> dict[str, Any]:
    """What time and day it is, whether the phone still may show anybody, to what it seals, whom to call."""
    return {
        "now": request.now.isoformat(),
        "day": clock.today().isoformat(),
        "revoked": request.ended is not None,
        "urgent_unsent_seconds": URGENT_UNSENT,
        "desk": desk_of(request.standing),
        "sealing": public(),
        "ref": str(request.auth.person.ref),
    }


def _must_read(request: FromPhone, key: str) -> None:
    if request.ended:
        ended = _("This phone may show nobody any more. What it holds is still sent; call your desk.")
        raise Unreadable(403, ended, ENDED)
    if not phones.may_read(request.auth, key):
        raise Unreadable(403, _("This phone has no key for reading. Ask your desk for a new code."), PIN)


@api.get("/pack", response={200: Shown, **NOT_SHOWN})
def get_pack(request: FromPhone, dure_read_key: ReadHeader = "") -> dict[str, Any]:
    """Today's own stops with what is needed at the door, and nothing of other days."""
    _must_read(request, dure_read_key)
    given = pack(request.auth.person, clock.today())
    looked(request.auth.person, given["stops"], now=request.now)
    return {**hello(request), "person": request.auth.person.name, **given}


@api.get("/cases/{uuid:ref}", response={200: Shown, **NOT_SHOWN, 404: Said})
def get_case(request: FromPhone, ref: UUID, dure_read_key: ReadHeader = "") -> dict[str, Any]:
    """How it stands with somebody at whose door the worker is today: who has it, who is on the way."""
    _must_read(request, dure_read_key)
    return {"now": request.now.isoformat(), **case_now(case_at_a_door(request.auth.person, ref, clock.today()))}


@api.put("/read-key", response={200: Shown, **NOT_SHOWN, 409: Said})
def put_read_key(request: FromPhone, given: ReadKey) -> dict[str, Any]:
    """Its owner has chosen a PIN: the phone reads with this key from now on, once and for all."""
    if request.ended:
        _must_read(request, "")
    phones.read_with(request.auth, given.read_key, now=request.now)
    return hello(request)


@api.post("/wiped", response={200: Shown, **NO})
def post_wiped(request: FromPhone, given: Wiped) -> dict[str, Any]:
    """The phone says that it has wiped what could be read on it, or everything, and what it still owed."""
    phones.wiped(request.auth, given.why, given.unsent, now=request.now)
    return hello(request)


@api.post("/enrolments", auth=None, response={201: Known, 400: Said, 409: Said, 429: Said})
def post_enrolment(request: HttpRequest, given: Code) -> HttpResponse:
    """A phone hands in the code that its owner was told, and gets its key."""
    with only_wrong_ones(request, "codes"):
        device, key = take_code(given.code, storable(given.name), now=clock.now(), before=given.before)
    return JsonResponse({"key": key, "person": device.person.name, "ref": str(device.person.ref)}, status=201)
