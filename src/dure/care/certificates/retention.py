"""How long certificates of who has left are kept."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import Purpose, Retention
from dure.people.retention import ACCOUNT, LEFT

RETENTION = Retention(
    purposes=(
        Purpose("certificates", N_("Certificates of who has left, with their files"), ACCOUNT,
                "certificates_certificate", "p.left_at", join=LEFT, refs="ARRAY[p.ref]"),
        Purpose("food-work", N_("What somebody who has left did with food"), ACCOUNT, "certificates_work",
                "p.left_at", join=LEFT, refs="ARRAY[p.ref]"),
    ),
    excused={
        "certificates_kind": "kinds of certificates",
        "certificates_packed": "providers",
        "certificates_counted": "trainings",
        "certificates_renewal": "that one was owed, of an account whose name goes",
    },
)  # fmt: skip
