"""The contact network: one dong or all, made to be printed and hung up."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dure import clock
from dure.care.network import networks
from dure.care.orders import Wording, latest
from dure.people.doors import SignedIn, for_the_office


@require_GET
@for_the_office
def show(request: SignedIn) -> HttpResponse:
    """Whom to call in a dong, by day and by night."""
    now = clock.now()
    every, dong = networks(request.standing, now), request.GET.get("dong", "")
    orders = [order for order in latest(request.standing.office) if order.name == "case"]
    shown = {
        "networks": [each for each in every if dong in ("", str(each.area.pk))],
        "dongs": [each.area for each in every],
        "dong": dong,
        "now": now,
        "order": Wording(orders).sentences(orders[0]) if orders else [],
    }
    return render(request, "care/network.html", shown)
