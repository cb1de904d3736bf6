"""How long photographs of signs are kept: as the words that were noted at the door; at once where nobody wants them."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import PRIVACY, Period, Purpose, Retention
from dure.outbox.retention import TEXTS

REFUSED = Period("keep-photos-refused", N_("Photos of who doesn't agree to them: kept for"), 0, "days", PRIVACY)
OF_A_VISIT = "JOIN care_visit v ON v.id = t.visit_id JOIN care_recipient r ON r.id = v.recipient_id"
NEWEST = (
    "(SELECT c.said FROM consents_consent c WHERE c.recipient_id = r.id AND c.purpose = 'photos'"
    ' ORDER BY c."on" DESC, c.entered_at DESC, c.id DESC LIMIT 1)'
)
RETENTION = Retention(
    purposes=(
        Purpose("photos", N_("Photos of signs"), TEXTS, "photos_photo", "t.received_at", join=OF_A_VISIT,
                refs="ARRAY[r.ref]",
                where="NOT EXISTS (SELECT FROM duty_duty d WHERE d.about = v.ref AND d.closed_at IS NULL)"),
        Purpose("photos-refused", N_("Photos of who doesn't agree to them"), REFUSED, "photos_photo",
                "'-infinity'::date", join=OF_A_VISIT, refs="ARRAY[r.ref]",
                where=f"coalesce({NEWEST} IN ('refused', 'withdrawn'), false)"),
    ),
)  # fmt: skip
