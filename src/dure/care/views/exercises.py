"""Exercises: the list, starting one, and one with its times."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care import exercises
from dure.care.forms.exercise import ExerciseForm
from dure.care.views.recipients import find
from dure.duty.models import Exercise
from dure.people.doors import SignedIn, for_officers


@require_GET
@for_officers
def index(request: SignedIn) -> HttpResponse:
    """The exercises of the office, the latest first."""
    mine = Exercise.objects.filter(office=request.standing.office).select_related("started_by").order_by("-started_at")
    return render(request, "care/exercises.html", {"exercises": mine[:100]})


@for_officers
def start(request: SignedIn, ref: UUID | None = None) -> HttpResponse:
    """Start one: about a recipient, or about somebody invented."""
    recipient = find(request, ref) if ref else None
    form = ExerciseForm(request.POST if request.method == "POST" else None, office=request.standing.office)
    if request.method == "POST" and form.is_valid():
        said, now = form.cleaned_data, clock.now()
        made = exercises.start(
            said["what"], list(said["people"]), recipient=recipient, ends_at=now + timedelta(minutes=said["minutes"]),
            by=request.user, now=now,
        )  # fmt: skip
        messages.success(request, _("The exercise has begun. Those who take part are being told."))
        return redirect("care:exercise", made.ref)
    shown = {"form": form, "recipient": recipient}
    return render(request, "care/exercise_new.html", shown, status=422 if form.errors else 200)


@require_GET
@for_officers
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One exercise: who takes part, and how long each step took."""
    exercise = _find(request, ref)
    shown = {
        "exercise": exercise,
        "times": exercises.times(exercise),
        "people": [p.person for p in exercise.participants.select_related("person").order_by("person__name")],
    }
    return render(request, "care/exercise.html", shown)


@require_POST
@for_officers
def end(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody says that it is over."""
    exercise = _find(request, ref)
    exercises.end(exercise, by=request.user, now=clock.now())
    messages.success(request, _("The exercise is over. Everybody who was told is stood down."))
    return redirect("care:exercise", exercise.ref)


def _find(request: SignedIn, ref: UUID) -> Exercise:
    mine = Exercise.objects.filter(office=request.standing.office).select_related("started_by", "ended_by")
    return get_object_or_404(mine, ref=ref)
