"""What happens around every request: for whom the database connection acts, refusals in words, strict headers."""

import logging
from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.db import Error as DbError
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from dure import clock
from dure.audit import looks
from dure.desk.views import wrong
from dure.errors import Refused
from dure.imports.keeping import spoken
from dure.offices.acting import act, rest
from dure.people.actions import standing
from dure.people.doors import OFFICE
from dure.sheets.problems import Problem
from dure.signing import actions as signing
from dure.signing import limits, network, proxies
from dure.signing.models import SignIn

log = logging.getLogger(__name__)
MOST_SENT = 24 * 1024 * 1024  # bytes; a file above 10 MB is refused in words at its field
SHOWS = (200, 409, 422)  # answers that show something: a page, a refusal, a form with what is wrong
Answer = Callable[[HttpRequest], HttpResponse]
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none';"
    " form-action 'self'"
)


def acting_for_the_signed_in(get_response: Answer) -> Answer:
    """The connection acts for who is signed in, and for nobody again when the answer is made."""

    def answer(request: HttpRequest) -> HttpResponse:
        try:
            office, person_id = request.session.get(OFFICE), request.session.get(SESSION_KEY)
            if office and person_id:
                act(office, person_id, [])
                _act_for_the_signed_in(request)
            return get_response(request)
        finally:
            clock.use_zone(None)
            timezone.deactivate()
            if not connection.needs_rollback and connection.connection is not None:
                rest()

    return answer


def _act_for_the_signed_in(request: HttpRequest) -> None:
    """A sign-in that has ended, or isn't enough any more, is none."""
    signed, real = signing.of(request.session), clock.real()
    if signed is None:
        request.session.flush()
        return
    person = signed.person
    clock.use_zone(person.office.zone)
    timezone.activate(clock.zone())
    mine = standing(person, clock.today())
    if not signing.holds(signed, mine, network.client(request), now=clock.now(), real=real):
        signing.end(SignIn.objects.filter(pk=signed.pk), by=None, real=real)
        request.session.flush()
        return
    request.standing, request.signed = mine, signed  # type: ignore[attr-defined]
    act(person.office_id, person.pk, mine.organisations)
    signing.stay(request, signed, now=clock.now(), real=real)


def notice_proxies(get_response: Answer) -> Answer:
    """A proxy that nobody has named is noticed, once. A request that wasn't passed on costs one look at its headers."""

    def answer(request: HttpRequest) -> HttpResponse:
        if "HTTP_X_FORWARDED_FOR" in request.META and getattr(request, "signed", None):
            try:
                proxies.notice(request, now=clock.now())
            except DbError:
                log.exception("a proxy that nobody named could not be written down")
        return get_response(request)

    return answer


def record_looks(get_response: Answer) -> Answer:
    """Whoever is shown on a page, or stands in a file, was looked at: who, when, from where, whose, what, why.

    What can't be written down is shown nevertheless: somebody may lie behind a door. A database that can't be written
    to is told outside anyway, and the process's log says so."""

    def answer(request: HttpRequest) -> HttpResponse:
        with looks.holding() as held:
            response = get_response(request)
            if getattr(request, "signed", None) and request.resolver_match and response.status_code in SHOWS:
                try:
                    _write_look(request, response, held)
                except DbError:
                    log.exception("a look could not be written down")
        return response

    return answer


def _write_look(request: HttpRequest, response: HttpResponse, held: looks.Held) -> None:
    assert request.resolver_match
    page = looks.Look.page_of(request.resolver_match)
    sort = response.headers.get("Content-Type", "")
    is_page, is_picture = sort.startswith("text/html"), sort.startswith("image/")
    shown = held.standing_in(response.content.decode()) if is_page else held.everybody()
    look = looks.Look(
        request.standing.office, request.user.pk, clock.now(), network.client(request), page,  # type: ignore
        looks.LOOKED if is_page or is_picture else looks.DOWNLOADED,
    )  # fmt: skip
    if is_picture or is_page and request.method == "GET" and "HX-Request" in request.headers:
        shown = look.new(shown)
        if not shown:
            return
    look.write(shown, held.why)


def say_refusals(get_response: Answer) -> Answer:
    """A refusal is a sentence for the person, shown where they are; nothing they entered is lost."""

    def answer(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if not isinstance(problem, Refused):
            return None
        if isinstance(problem, limits.TooOften):
            return wrong.too_often(request, problem.message, problem.seconds)
        message = _in_words(problem)
        if request.path.startswith("/api/"):
            return JsonResponse({"message": message}, status=409)
        return render(request, "desk/refused.html", {"message": message}, status=409)

    answer.process_exception = process_exception  # type: ignore[attr-defined]
    return answer


def hold_back_haste(get_response: Answer) -> Answer:
    """Searches, files that go out and files that come in, too many of one person: the page waits, and says so."""

    def answer(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(
        request: HttpRequest, view: Callable[..., object], args: object, kwargs: object
    ) -> HttpResponse | None:
        if not getattr(request, "signed", None) or request.path.startswith("/api/"):  # machines' bodies stay unread
            return None
        try:
            for kind in _counted_as(request, view):
                limits.reserve(request, kind)
        except limits.TooOften as problem:
            return wrong.too_often(request, problem.message, problem.seconds)
        return None

    answer.process_view = process_view  # type: ignore[attr-defined]
    return answer


def _counted_as(request: HttpRequest, view: Callable[..., object]) -> list[str]:
    kind, methods = getattr(view, "counted", ("", ()))
    sends = request.method == "POST" and request.content_type == "multipart/form-data" and bool(request.FILES)
    return [kind] * bool(kind and (not methods or request.method in methods)) + ["uploads"] * sends


def _in_words(refused: Refused) -> str:
    """What a box that knows no language refuses (a file, a paper) is put into the reader's here."""
    problem = getattr(refused, "problem", None)
    return spoken(problem) if isinstance(problem, Problem) else refused.message


def _is_bounded(request: HttpRequest) -> bool:
    """Whether what is sent is no larger than the largest file that is taken, with its form."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isascii() and length.isdigit() and len(length) < 12 and int(length) <= MOST_SENT


def security_headers(get_response: Answer) -> Answer:
    """Nothing from elsewhere, nothing kept by intermediaries."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request) if _is_bounded(request) else wrong.too_large(request)
        if response.status_code == 405 and not response.content and not request.path.startswith("/api/"):
            wrong.explain(response)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "geolocation=(), camera=(self), microphone=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer
