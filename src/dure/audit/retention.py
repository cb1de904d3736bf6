"""How long the record is kept."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import Period, Purpose, Retention

RECORD = Period(
    "keep-record", N_("The record, with who has looked: kept for"), 24, "months",
    "개인정보의 안전성 확보조치 기준 제8조(접속기록 2년 이상 보관)",
)  # fmt: skip
VALUES = Period(
    "keep-values", N_("What was changed, before and after: kept for"), 24, "months",
    "개인정보의 안전성 확보조치 기준 제8조(접속기록)에 맞춘 운영 기준",
)  # fmt: skip
RETENTION = Retention(
    purposes=(
        Purpose(
            "record", N_("The record: who did and saw what"), RECORD, "audit_entry", "t.at",
            stays=N_("The seals, and how many lines went and when."), refs="t.whose", many=300_000,
            where="t.seal_id IS NOT NULL AND t.at < clock_timestamp() - interval '2 years'",
        ),
        Purpose("values", N_("What was changed, before and after"), VALUES, "audit_change", "t.at", many=300_000,
                where="NOT EXISTS (SELECT FROM retention_hold h"
                " WHERE h.office_id = t.office_id AND h.ended_at IS NULL)"),
    ),
    excused={
        "audit_seal": "hashes only",
        "audit_review": "who signed for a month, and what was found: names nobody who is served",
    },
)  # fmt: skip
