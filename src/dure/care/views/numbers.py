"""The numbers on which others rely: whose are tested, adding and ending one, and what came of a test call."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care import numbers
from dure.care.forms.number import NumberForm
from dure.people import addresses
from dure.people.addresses import Answer
from dure.people.doors import SignedIn, for_the_office
from dure.people.models import Address, Organisation


def find(request: SignedIn, ref: UUID) -> Organisation:
    """The organisation, if this person may see its numbers."""
    return get_object_or_404(numbers.seen_by(request.standing), ref=ref)


@require_GET
@for_the_office
def index(request: SignedIn) -> HttpResponse:
    """Whose numbers are tested, and whose aren't."""
    lines = numbers.overview(request.standing, clock.now())
    return render(request, "care/numbers.html", {"lines": lines})


@for_the_office
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """Everybody of one organisation with the ways to be reached, and a form to add one."""
    organisation, now = find(request, ref), clock.now()
    lines = numbers.lines(organisation, now)
    form = NumberForm(request.POST or None, people=[line.person for line in lines])
    if request.method == "POST" and form.is_valid():
        addresses.add(**form.cleaned_data, by=request.user, now=now)
        messages.success(request, _("Added."))
        return redirect("care:numbers_of", ref)
    shown = {
        "organisation": organisation, "lines": lines, "form": form, "owed": numbers.owed(organisation),
        "left": sum(len(line.asked) for line in lines), "answers": Answer.choices,
    }  # fmt: skip
    return render(request, "care/numbers_of.html", shown, status=422 if form.errors else 200)


def _address(request: SignedIn, ref: UUID, number: int) -> tuple[Organisation, Address]:
    organisation = find(request, ref)
    mine = Address.objects.filter(person__in=numbers.people(organisation, clock.now()))
    return organisation, get_object_or_404(mine.select_related("person"), pk=number)


@require_POST
@for_the_office
def called(request: SignedIn, ref: UUID, number: int) -> HttpResponse:
    """A test call was made. With the last one the test of this month is done."""
    organisation, address = _address(request, ref, number)
    answer = request.POST.get("answer", "")
    if answer in Answer.values:
        addresses.called(address, Answer(answer), by=request.user, now=clock.now())
        _noted(request, organisation)
    return redirect("care:numbers_of", ref)


@require_POST
@for_the_office
def end(request: SignedIn, ref: UUID, number: int) -> HttpResponse:
    """A number or address isn't used any more."""
    organisation, address = _address(request, ref, number)
    addresses.end(address, by=request.user, now=clock.now())
    _noted(request, organisation)
    return redirect("care:numbers_of", ref)


@require_POST
@for_the_office
def done(request: SignedIn, ref: UUID) -> HttpResponse:
    """All are tested, also those that left the rosters meanwhile."""
    numbers.all_tested(find(request, ref), by=request.user, now=clock.now())
    messages.success(request, _("The test of this month is done."))
    return redirect("care:numbers_of", ref)


def _noted(request: SignedIn, organisation: Organisation) -> None:
    finished = numbers.finish(organisation, by=request.user, now=clock.now())
    messages.success(request, _("Noted. The test of this month is done.") if finished else _("Noted."))
