"""Who came to a meeting."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import CHECK, Period, Purpose, Retention

GUESTS = Period("keep-guests", N_("Names of guests at meetings: kept for"), 36, "months", f"운영 기준 {CHECK}")
RETENTION = Retention(
    purposes=(
        Purpose("guests", N_("Names of guests at meetings"), GUESTS, "gatherings_attendance", "t.noted_at",
                stays=N_("How many came."), to={"guest": "CASE WHEN t.guest = '' THEN '' ELSE '—' || t.id END"}),
    ),
    excused={
        "gatherings_gathering": "the agencies' own papers: agenda and minutes",
        "gatherings_invitation": "agencies",
        "gatherings_agreed": "the agencies' own papers",
        "gatherings_circular": "the office's own papers",
        "gatherings_copy": "agencies",
        "gatherings_material": "the office's own papers",
    },
)  # fmt: skip
