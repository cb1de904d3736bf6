"""What machines outside ask, without signing in: whether all is well, and figures. Neither holds anybody's data."""

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from dure import clock
from dure.desk.figures import as_text, figures, urgent_waits
from dure.health.actions import silent

NEEDED = ("watch", "sender")  # without these nobody is told
LATE = 60.0  # seconds after which an urgent message should have gone out
HERE = {"127.0.0.1", "::1"}
PASSED_ON = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 only when the database answers and people are told; else 503, what is silent and whether messages leave."""
    try:
        quiet, unsent = silent(NEEDED, real=clock.real()), urgent_waits(clock.now()) > LATE
    except Error:
        return JsonResponse({"well": False, "database": False, "silent": [], "unsent": False}, status=503)
    well = not quiet and not unsent
    said = {"well": well, "database": True, "silent": quiet, "unsent": unsent}
    return JsonResponse(said, status=200 if well else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for who has the token; without one, for this machine alone."""
    if not _may_ask(request):
        return HttpResponse("Set DURE_METRICS_TOKEN and send it as a bearer token.\n", "text/plain", 403)
    text = as_text(figures(clock.now(), clock.real()))
    return HttpResponse(text, "text/plain; version=0.0.4; charset=utf-8")


def _may_ask(request: HttpRequest) -> bool:
    """A proxy on this machine asks for somebody else."""
    if settings.DURE_METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return constant_time_compare(given, f"Bearer {settings.DURE_METRICS_TOKEN}")
    passed_on = any(name in request.headers for name in PASSED_ON)
    return request.META.get("REMOTE_ADDR") in HERE and not passed_on
