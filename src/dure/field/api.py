"""The door for phones: what was seen comes in here, and today's stops go out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from dure import clock
from dure.care.phone import pack
from dure.duty.models import Report
from dure.duty.reports import hand_in
from dure.errors import Refused
from dure.field.actions import heard, key_sha256, take_code
from dure.field.envelopes import AT_MOST, Unreadable, open_envelope, too_large
from dure.field.shown import case_at_a_door, case_now, desk_of, looked
from dure.offices.acting import act
from dure.people.actions import Standing, standing
from dure.people.models import Device
from dure.postgres.texts import storable
from dure.signing.network import client, household

URGENT_UNSENT = 600  # seconds after which a phone that can't send asks its owner to call
WRONG_CODES, WRONG_CODES_FOR = 20, 600  # as many wrong codes from one address in so many seconds


class FromPhone(HttpRequest):
    """A request of a known phone; `auth` is the phone, with its person and that person's office."""

    auth: Device
    standing: Standing
    now: datetime


class ByKey(HttpBearer):
    """A phone is known by its key, for as long as there is a row of it: even lost or given back it may hand in."""

    def authenticate(self, request: HttpRequest, token: str) -> Device | None:
        sha256 = key_sha256(token)
        act(None, key=f"device:{sha256}")
        found = Device.objects.filter(key_sha256=sha256).values("pk", "office_id", "person_id").first()
        if found is None:
            return None
        act(found["office_id"], found["person_id"], [])
        device = Device.objects.select_related("person__office").get(pk=found["pk"])
        clock.use_zone(device.person.office.zone)
        timezone.activate(clock.zone())
        request.now = clock.now()  # type: ignore[attr-defined]
        request.standing = standing(device.person, clock.today())  # type: ignore[attr-defined]
        act(device.office_id, device.person_id, request.standing.organisations)  # type: ignore[attr-defined]
        heard(device, now=request.now)  # type: ignore[attr-defined]
        return device


api = NinjaAPI(title="Dure field", version="1", urls_namespace="field-v1", auth=ByKey(), openapi_url=None)


def _said(message: str, status: int) -> HttpResponse:
    return JsonResponse({"message": message}, status=status)


@api.exception_handler(AuthenticationError)
def _unknown_phone(request: HttpRequest, problem: AuthenticationError) -> HttpResponse:
    return _said(_("This phone isn't known here. Ask your desk for a code; what you entered stays on the phone."), 401)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, problem: Refused) -> HttpResponse:
    return _said(problem.message, 409)


@api.exception_handler(Unreadable)
def _unreadable(request: HttpRequest, problem: Unreadable) -> HttpResponse:
    return _said(problem.message, problem.status)


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


@api.put("/reports/{key}", response={200: None, 201: None})
def put_report(request: FromPhone, key: str) -> HttpResponse:
    """Hand in a report. Send it again whenever you are unsure: it counts once."""
    envelope = open_envelope(key, _content(request))
    known = Report.objects.filter(key=envelope.key, sha256=envelope.sha256).exists()
    takers = import_string("dure.urls.TAKERS")
    hand_in(envelope, takers, by=request.auth.person, device=request.auth, now=request.now)
    return JsonResponse({"key": str(envelope.key), "known": known}, status=200 if known else 201)


@api.api_operation(["GET", "POST", "PATCH", "DELETE"], "/reports/{key}", auth=None, include_in_schema=False)
def only_put(request: HttpRequest, key: str) -> HttpResponse:
    """A report is put, nothing else is done to it."""
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


@api.get("/hello")
def hello(request: FromPhone) -> dict[str, Any]:
    """What time it is, whose phone this is, whether it still may show anybody, and whom to call when nothing goes."""
    return {
        "now": request.now.isoformat(),
        "person": request.auth.person.name,
        "revoked": _may_not_see(request),
        "urgent_unsent_seconds": URGENT_UNSENT,
        "desk": desk_of(request.standing),
    }


def _may_not_see(request: FromPhone) -> bool:
    return bool(request.auth.revoked_at or request.auth.person.left_at or not request.standing.roles)


def _must_see(request: FromPhone) -> None:
    if _may_not_see(request):
        raise Unreadable(403, _("This phone may show nobody any more. What it holds is still sent; call your desk."))


@api.get("/pack")
def get_pack(request: FromPhone) -> dict[str, Any]:
    """Today's own stops with what is needed at the door, and nothing of other days."""
    _must_see(request)
    given = pack(request.auth.person, clock.today())
    looked(request.auth.person, given["stops"], now=request.now)
    return {**hello(request), **given}


@api.get("/cases/{uuid:ref}")
def get_case(request: FromPhone, ref: UUID) -> dict[str, Any]:
    """How it stands with somebody at whose door the worker is today: who has it, who is on the way."""
    _must_see(request)
    return {"now": request.now.isoformat(), **case_now(case_at_a_door(request.auth.person, ref, clock.today()))}


class Code(Schema):
    code: str
    name: str = ""


@api.post("/enrolments", auth=None, response={201: None})
def post_enrolment(request: HttpRequest, given: Code) -> HttpResponse:
    """A phone hands in the code that its owner was told, and gets its key."""
    who = f"wrong-codes-{household(client(request))}"
    if cache.get(who, 0) >= WRONG_CODES:
        raise Unreadable(429, _("Too many wrong codes from here. Wait ten minutes, or ask your desk."))
    try:
        device, key = take_code(given.code, storable(given.name), now=clock.now())
    except Refused:
        cache.set(who, cache.get(who, 0) + 1, WRONG_CODES_FOR)
        raise
    return JsonResponse({"key": key, "person": device.person.name}, status=201)
