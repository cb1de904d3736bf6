"""Settlements name no recipient; a month that isn't closed keeps those whom it counts."""

from dure.offices.retention import Retention

RETENTION = Retention(
    excused={
        "money_terms": "prices",
        "money_belonging": "the scheme of somebody whose name goes",
        "money_settlement": "a provider's month",
        "money_agreement": "accounts, whose names go with them",
        "money_objection": "between a provider and the office",
        "money_line": "sums",
        "money_booking": "meals of visits, of somebody whose name goes",
    },
    owed=(
        "EXISTS (SELECT FROM care_recipient r JOIN care_visit v ON v.recipient_id = r.id"
        " JOIN money_settlement s ON s.provider_id = v.provider_id AND s.month = date_trunc('month', v.day)::date"
        " WHERE r.ref = ANY (refs) AND s.closed_at IS NULL)",
    ),
)
