"""How long it is kept from where somebody signed in, and what they proved it with."""

from django.utils.translation import gettext_noop as N_

from dure.offices.retention import Period, Purpose, Retention
from dure.people.retention import LEFT, REACHED

SIGN_INS = Period(
    "keep-sign-ins", N_("Sign-ins: kept for"), 36, "months",
    "개인정보의 안전성 확보조치 기준 제8조(2년 이상), 권한 기록과 같이 3년: 운영 기준",
)  # fmt: skip
RETENTION = Retention(
    purposes=(
        Purpose("sign-ins", N_("From where somebody signed in"), SIGN_INS, "signing_signin",
                "coalesce(t.ended_at, t.used_at)"),
        Purpose("code-apps", N_("Code apps of who has left"), REACHED, "signing_codeapp", "p.left_at",
                join=LEFT),
        Purpose("recovery-codes", N_("Recovery codes of who has left"), REACHED, "signing_recoverycode", "p.left_at",
                join=LEFT),
        Purpose("passkeys", N_("Passkeys of who has left"), REACHED, "signing_passkey", "p.left_at",
                join=LEFT),
    ),
    elsewhere={
        "signing_count": "a day; signing.tasks.let_go",
        "signing_tries": "a day; signing.tasks.let_go",
        "django_session": "until it has run out; signing.tasks.let_go",
    },
)  # fmt: skip
