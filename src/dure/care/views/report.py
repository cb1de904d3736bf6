"""The report of a day to download: without names for anyone, with names only with a reason, which is recorded."""

from django.http import HttpResponse
from django.shortcuts import render

from dure.people.doors import SignedIn, for_the_office


@for_the_office
def show(request: SignedIn) -> HttpResponse:
    """The page that offers the report of a day."""
    return render(request, "care/report.html", {})
