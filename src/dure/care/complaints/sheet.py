"""The list of complaints as a workbook. Who complained is masked, and what people wrote freely is left out."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from dure.care.complaints.models import Complaint
from dure.people.masking import masked_name
from dure.sheets.write import Column, Page, write


def workbook(complaints: Iterable[Complaint]) -> bytes:
    """One line a complaint."""
    titles = [
        _("Number"), _("Received on"), _("How it came"), _("Kind"), _("Title"), _("Who complains"), _("Provider"),
        _("Dong"), _("Answer due"), _("Answer extended"), _("Answered on"), _("How they were told"), _("Passed on to"),
    ]  # fmt: skip
    rows = (
        (
            each.number, each.received_on, str(each.get_way_display()), str(each.get_kind_display()), each.title,
            masked_name(each.name) or _("anonymous"), str(each.provider or ""), str(each.area or ""), each.answer_by,
            each.extended_why, each.answered_on, str(each.get_told_how_display()), each.passed_to,
        )
        for each in complaints
    )  # fmt: skip
    return write([Page(_("Complaints"), [Column(str(title)) for title in titles], rows)])
