"""The addresses of gatherings and circulars, for the programme that uses them."""

from django.urls import URLPattern, path

from dure.gatherings.actions import Works
from dure.gatherings.views import circulars, gatherings


def routes(programme: str, works: Works) -> tuple[list[URLPattern], str]:
    """What `include` takes: `path("gatherings/", include(routes("care", is_working_day)))`.

    `works` says on which days people are reminded.
    """
    given = {"programme": programme}
    days = {"works": works}
    return [
        path("", gatherings.index, given, "index"),
        path("new/", gatherings.add, given, "new"),
        path("<uuid:ref>/", gatherings.show, name="show"),
        path("<uuid:ref>/change/", gatherings.change, name="change"),
        path("<uuid:ref>/cancel/", gatherings.cancel, name="cancel"),
        path("<uuid:ref>/attendance/", gatherings.attendance, name="attendance"),
        path("<uuid:ref>/minutes/", gatherings.minutes, name="minutes"),
        path("<uuid:ref>/agree/", gatherings.agree, days, name="agree"),
        path("<uuid:ref>/add/", gatherings.add_file, name="add_file"),
        path("agreed/<uuid:ref>/done/", gatherings.done, name="done"),
        path("agreed/<uuid:ref>/drop/", gatherings.drop, name="drop"),
        path("material/<uuid:ref>/", gatherings.material, name="material"),
        path("circulars/new/", circulars.add, given | days, "circular_new"),
        path("circulars/<uuid:ref>/", circulars.show, name="circular"),
        path("circulars/<uuid:ref>/acknowledge/", circulars.acknowledge, name="acknowledge"),
        path("circulars/<uuid:ref>/settle/", circulars.settle, name="settle"),
        path("circulars/<uuid:ref>/add/", circulars.add_file, name="circular_file"),
    ], "gatherings"
