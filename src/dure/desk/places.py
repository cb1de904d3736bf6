"""Where one can go in the office's pages: those of every hour in the main menu, all of them on one page in groups."""

from dataclasses import dataclass
from typing import Any

from django.urls import resolve, reverse
from django.utils.translation import gettext_lazy as _

from dure.people.actions import Standing

Place = tuple[str, Any]  # how its address is called, and what stands on the screen
MAIN: list[Place] = [
    ("board", _("Board")),
    ("cases", _("Cases")),
    ("care:visits", _("Visits")),
    ("care:courses", _("Courses")),
    ("care:recipients", _("Recipients")),
    ("care:evening", _("Daily checks")),
    ("care:rosters", _("Rosters")),
    ("care:figures:show", _("Figures")),
    ("field", _("My stops")),
    ("care:certificates:mine", _("My certificates")),
]
GROUPS: list[tuple[Any, list[Place]]] = [
    (
        _("Every day"),
        [
            ("board", _("Board")), ("cases", _("Cases")), ("map", _("Map")), ("care:visits", _("Visits")),
            ("care:courses", _("Courses")), ("care:morning", _("Morning check")), ("care:evening", _("Evening check")),
            ("care:calls:index", _("Welfare calls")), ("care:calls:warnings", _("Heat and cold warnings")),
            ("care:packs:index", _("Papers for outages")), ("faults", _("To be mended")),
        ],
    ),
    (
        _("Recipients"),
        [
            ("care:recipients", _("Recipients")), ("care:absences", _("Who is away")),
            ("care:calendar", _("Days without meals")), ("care:support:plans", _("Support plans")),
            ("care:support:waiting", _("Waiting list")), ("care:support:gaps", _("Care gaps")),
            ("care:support:blind_spots", _("Blind spots")), ("care:support:searches", _("Search lists")),
            ("care:support:referrals", _("Referrals")), ("care:requests:index", _("Requests about own data")),
            ("care:emergencies:index", _("Emergency looks")),
            ("care:consents:index", _("Consents")),
        ],
    ),
    (
        _("Who answers"),
        [
            ("care:rosters", _("Rosters")), ("care:shifts", _("My shifts")), ("care:network", _("Contact network")),
            ("care:numbers", _("Test calls")), ("care:orders", _("Contact orders")), ("care:exercises", _("Exercises")),
        ],
    ),
    (
        _("Agencies and their people"),
        [
            ("gatherings:index", _("Meetings and training")), ("care:certificates:index", _("Certificates")),
            ("field_phones", _("Field phones")), ("care:workers:index", _("Workers on the road")),
            ("care:complaints:index", _("Complaints")),
            ("care:changes:index", _("Changes of provider")), ("care:changes:own", _("Ready for the first day?")),
        ],
    ),
    (
        _("Figures and money"),
        [
            ("care:figures:show", _("Figures")), ("care:in_person", _("Handed over in person")),
            ("care:money:index", _("Settlement")), ("care:money:schemes", _("Schemes and prices")),
            ("care:money:export", _("Export")), ("care:inspections:show", _("Papers for an inspection")),
        ],
    ),
    (
        _("Setting up"),
        [
            ("imports:uploads", _("Spreadsheets")), ("people", _("Accounts")), ("rules", _("Rules")),
            ("looks", _("Who has looked")), ("retention:index", _("Periods and deletion")),
            ("security", _("Security review")), ("care:transfers:show", _("Passed on to others")),
            ("care:processors:index", _("Processors")),
        ],
    ),
]  # fmt: skip
ALSO = {  # further pages of a place
    "care:evening": ("/care/morning/", "/care/report/", "/care/calls/", "/care/packs/"),
    "care:figures:show": ("/care/in-person/",),
    "care:recipients": ("/care/absences/", "/care/support/", "/care/emergencies/", "/care/consents/"),
    "care:rosters": (
        "/care/orders/", "/care/network/", "/care/numbers/", "/care/shifts/", "/care/out-today/", "/care/exercises/",
    ),
    "places": (
        "/gatherings/", "/care/certificates/", "/care/money/", "/field/phones/", "/imports/", "/people/", "/rules/",
        "/care/complaints/", "/care/changes/", "/care/inspections/",
        "/care/complaints/", "/care/changes/", "/looks/", "/retention/", "/care/requests/",
        "/care/complaints/", "/care/changes/", "/looks/",
        "/care/transfers/", "/care/processors/", "/security/",
        "/care/transfers/", "/care/processors/", "/care/workers/",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Link:
    """A place that somebody may go to."""

    url: str
    label: str
    current: bool = False


def main(standing: Standing, path: str) -> list[Link]:
    """The main menu: what is needed every hour, and the way to everything else."""
    last: list[Place] = [("places", _("All pages"))]
    return [
        Link(url, label, path.startswith((url, *ALSO.get(name, ()))))
        for name, label in [*MAIN, *last]
        for url in [reverse(name)]
        if _may(standing, url)
    ]


def groups(standing: Standing) -> list[tuple[str, list[Link]]]:
    """All pages that somebody may go to."""
    found = [
        (title, [Link(url, label) for name, label in places for url in [reverse(name)] if _may(standing, url)])
        for title, places in GROUPS
    ]
    return [(title, links) for title, links in found if links]


def _may(standing: Standing, url: str) -> bool:
    """Whether the page's own door lets this person in; one without a door is for who has the field's role alone."""
    return standing.has(*getattr(resolve(url).func, "roles", ("worker",)))
