"""Schemes with their prices from a day on, and who belongs to which."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.audit.actions import note
from dure.care.models import Recipient, Scheme, Visit
from dure.care.money import actions, sums
from dure.care.money.counting import Prices, reckon
from dure.care.money.forms import BelongsForm, PriceForm, SchemeForm, TermsForm
from dure.care.money.models import Belonging, Settlement, Terms
from dure.errors import Refused
from dure.people.doors import SignedIn, for_officers


@require_GET
@for_officers
def index(request: SignedIn) -> HttpResponse:
    """All schemes, the newest year first, with what they pay today."""
    schemes = list(Scheme.objects.filter(office=request.standing.office).order_by("-year", "name"))
    prices, today = Prices.read(request.standing.office).of, clock.today()
    held = Recipient.objects.filter(office=request.standing.office, ended_on=None).order_by()
    people: dict[int | None, int] = dict(held.values("scheme").annotate(n=Count("pk")).values_list("scheme", "n"))
    shown = [(each, sums.on(prices.get(each.pk, ()), today), people.get(each.pk, 0)) for each in schemes]
    return render(request, "money/schemes.html", {"schemes": shown, "without": people.get(None, 0)})


@for_officers
def add(request: SignedIn) -> HttpResponse:
    """A new scheme with its first price."""
    data = request.POST if request.method == "POST" else None
    form = SchemeForm(data, instance=Scheme(office_id=request.standing.office), initial={"year": clock.today().year})
    price = PriceForm(data)
    if data is not None and form.is_valid() and price.is_valid():
        made = actions.set_up(form.save(commit=False), price.save(commit=False), by=request.user, now=clock.now())
        messages.success(request, _("Saved."))
        return redirect("care:money:scheme", made.pk)
    wrong = form.errors or price.errors
    return render(request, "money/scheme_new.html", {"form": form, "price": price}, status=422 if wrong else 200)


def _find(request: SignedIn, number: int) -> Scheme:
    return get_object_or_404(Scheme, pk=number, office=request.standing.office)


@for_officers
def show(request: SignedIn, number: int) -> HttpResponse:
    """One scheme: its name and funder to change, and its prices."""
    scheme = _find(request, number)
    form = SchemeForm(request.POST if request.method == "POST" else None, instance=scheme)
    if request.method == "POST" and form.is_valid():
        form.save()
        note(at=clock.now(), who=request.user, did="changed", about=scheme)
        messages.success(request, _("Saved."))
        return redirect("care:money:scheme", number)
    return _shown(request, _find(request, number), form, None)


def _shown(request: SignedIn, scheme: Scheme, form: SchemeForm, price: TermsForm | None) -> HttpResponse:
    said = list(scheme.terms.select_related("said_by", "replaced_by"))
    held = [each for each in said if each.replaced_at is None]
    today, free = clock.today(), actions.closed_until(request.standing.office)
    now = next((each for each in reversed(held) if each.since <= today), None)
    start = now or next(iter(held), Terms(unit_price=0, own_share=0))
    shown = {
        "scheme": scheme, "form": form, "held": held, "replaced": [each for each in said if each.replaced_at],
        "now": now, "free": free, "today": today,
        "price": price or TermsForm(instance=Terms(**_as_now(start)), auto_id="price_%s"),
    }  # fmt: skip
    wrong = form.errors or (price and price.errors)
    return render(request, "money/scheme.html", shown, status=422 if wrong else 200)


def _as_now(terms: Terms) -> dict[str, int | bool]:
    return {name: getattr(terms, name) for name in PriceForm.Meta.fields}


@require_POST
@for_officers
def say_terms(request: SignedIn, number: int) -> HttpResponse:
    """Another price from a day on."""
    scheme = _find(request, number)
    form = TermsForm(request.POST, instance=Terms(scheme=scheme), auto_id="price_%s")
    if form.is_valid():
        try:
            back = form.cleaned_data["back"]
            actions.say_terms(form.save(commit=False), back=back, by=request.user, now=clock.now())
            messages.success(request, _("Saved. Months that are open are reckoned with it."))
            return redirect("care:money:scheme", number)
        except Refused as refusal:
            form.add_error("since", refusal.message)
    return _shown(request, scheme, SchemeForm(instance=scheme), form)


@require_POST
@for_officers
def take_back(request: SignedIn, number: int) -> HttpResponse:
    """A price doesn't hold after all."""
    mine = Terms.objects.filter(office=request.standing.office).select_related("scheme")
    terms = get_object_or_404(mine, pk=number)
    actions.take_back_terms(terms, by=request.user, now=clock.now())
    messages.success(request, _("Taken back."))
    return redirect("care:money:scheme", terms.scheme_id)


@require_GET
@for_officers
def without(request: SignedIn) -> HttpResponse:
    """Recipients whose meals nobody can settle, because they belonged to no scheme on the day."""
    waiting = list(Settlement.objects.seen_by(request.standing).filter(closed_at=None))
    meals: dict[int, int] = {}
    for found in reckon(request.standing.office, waiting).values():
        for each in found.without_scheme:
            meals[each.visit] = each.brought
    visits = Visit.objects.filter(pk__in=meals).select_related(
        "recipient__place__area", "recipient__scheme", "provider"
    )
    people: dict[int, tuple[Recipient, list[date], int]] = {}
    for visit in visits.order_by("day"):
        recipient, days, n = people.get(visit.recipient_id, (visit.recipient, [], 0))
        people[visit.recipient_id] = (recipient, [*days, visit.day], n + meals[visit.pk])
    shown = [(recipient, days[0], days[-1], n) for recipient, days, n in people.values()]
    return render(request, "money/without.html", {"people": sorted(shown, key=lambda row: row[0].name)})


@for_officers
def belongs(request: SignedIn, ref: UUID) -> HttpResponse:
    """To which scheme a recipient belongs, from which day on."""
    mine = Recipient.objects.seen_by(request.standing).select_related("scheme", "provider")
    recipient = get_object_or_404(mine, ref=ref)
    data = request.POST if request.method == "POST" else None
    form = BelongsForm(data, office=request.standing.office, initial=_begins(request, recipient))
    if data is not None and form.is_valid():
        said = form.cleaned_data
        actions.belongs(recipient, said["scheme"], said["since"], by=request.user, now=clock.now())
        messages.success(request, _("Saved."))
        return redirect("care:money:without")
    known = Belonging.objects.filter(recipient=recipient).select_related("scheme", "said_by")
    free = actions.closed_until(request.standing.office)
    shown = {"recipient": recipient, "known": known, "form": form, "free": free}
    return render(request, "money/belongs.html", shown, status=422 if form.errors else 200)


def _begins(request: SignedIn, recipient: Recipient) -> dict[str, object]:
    """As far as can be guessed: the scheme that it is now, or the only one; from the first day of meals on."""
    known = Scheme.objects.filter(office=request.standing.office, year=clock.today().year)
    only_one = known.first() if known.count() == 1 else None
    first = not Belonging.objects.filter(recipient=recipient).exists()
    return {"scheme": recipient.scheme or only_one, "since": recipient.started_on if first else clock.today()}
