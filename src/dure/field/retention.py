"""Codes with which phones became known."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import Purpose, Retention
from dure.people.retention import REACHED

RETENTION = Retention(
    purposes=(Purpose("enrolments", N_("Codes for field phones"), REACHED, "field_enrolment", "t.good_until"),)
)
