"""What became of a complaint, line by line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from dure.care.complaints.models import Complaint, Statement
from dure.people.models import Person


@dataclass(frozen=True)
class Line:
    """One thing that was done: when, what, by whom, and what was said."""

    at: datetime
    text: str
    by: Person | None
    note: str = ""
    tone: str = ""


def story(complaint: Complaint, statements: Iterable[Statement]) -> list[Line]:
    """The time line of a complaint, the first thing first. Only these providers' statements stand in it."""
    way = {"way": complaint.get_way_display()}
    lines = [Line(complaint.entered_at, _("Received: %(way)s") % way, complaint.entered_by)]
    for each in statements:
        said = {"provider": each.organisation, "day": f"{each.due_on:%m-%d}"}
        lines.append(Line(each.asked_at, _("%(provider)s is asked what happened, by %(day)s") % said, each.asked_by))
        if each.stated_at:
            lines.append(Line(each.stated_at, _("%(provider)s says") % said, each.stated_by, each.text))
    if complaint.extended_at:
        until = _("Extended until %(day)s") % {"day": f"{complaint.answer_by:%m-%d}"}
        lines.append(Line(complaint.extended_at, until, complaint.extended_by, complaint.extended_why))
    if complaint.ended_at and complaint.passed_to:
        to = _("Passed on to %(agency)s") % {"agency": complaint.passed_to}
        lines.append(Line(complaint.ended_at, to, complaint.ended_by, complaint.passed_why))
    elif complaint.ended_at:
        how = {"way": complaint.get_told_how_display(), "day": f"{complaint.answered_on:%m-%d}"}
        answered = _("Answered on %(day)s: %(way)s") % how
        lines.append(Line(complaint.ended_at, answered, complaint.ended_by, complaint.answer, "good"))
    return sorted(lines, key=lambda line: line.at)
