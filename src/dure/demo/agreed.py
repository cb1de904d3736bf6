"""In the demo office most have agreed on paper; one looked in an emergency, and another agency sends the messages."""

from datetime import date, datetime, timedelta

from dure.care.consents import actions as consents
from dure.care.consents.models import Consent, Purpose
from dure.care.emergencies import actions as emergencies
from dure.care.emergencies.actions import Particulars, Why
from dure.care.models import Recipient
from dure.care.processors.models import Processor
from dure.demo.staff import Staff

TEXTS = {
    Purpose.MEALS: "식사지원과 안부 확인을 위해 이름, 주소, 연락처, 건강 상태를 수집하고 수행기관이 처리합니다.",
    Purpose.EMERGENCY: "긴급할 때 이름, 주소, 건강 상태를 119와 병원에 제공합니다.",
    Purpose.FAMILY: "연락이 안 되거나 위급할 때 등록한 보호자에게 알립니다.",
    Purpose.PHOTOS: "이상 징후를 확인하는 데 필요한 사진을 찍을 수 있습니다.",
}
A_YEAR, EVERY = timedelta(days=365), 12  # one in so many hasn't said anything yet


def agree(staff: Staff, recipients: list[Recipient], day: date, now: datetime) -> None:
    """Texts of a year ago; the one about 119 has a second version that some haven't seen yet."""
    officer = staff.officers[1]
    office = officer.office_id
    first = {p: consents.publish(office, p, text, day - A_YEAR, by=officer, now=now) for p, text in TEXTS.items()}
    text, since = TEXTS[Purpose.EMERGENCY] + " 제공 내역은 대장에 남깁니다.", day - timedelta(days=30)
    second = consents.publish(office, Purpose.EMERGENCY, text, since, by=officer, now=now)
    Consent.objects.bulk_create(
        Consent(
            office_id=office, recipient=each, purpose=purpose, said="given", how="paper",
            text=second if purpose == Purpose.EMERGENCY and n % 10 else first[purpose],
            on=max(each.consent_on or each.started_on, day - A_YEAR), entered_at=now, entered_by=officer,
        )
        for n, each in enumerate(recipients)
        if n % EVERY
        for purpose in (Purpose.MEALS, Purpose.EMERGENCY, Purpose.FAMILY)
    )  # fmt: skip
    Processor.objects.create(
        office_id=office, name="행정문자중계(가상)", task="messages", items="이름(담당자), 전화번호",
        since=day - A_YEAR, changed_at=now, changed_by=officer,
    )  # fmt: skip
    _look(staff, next(each for each in recipients if each.provider_id == staff.providers[0].pk and each.phone), now)


def _look(staff: Staff, recipient: Recipient, now: datetime) -> None:
    """The desk of another provider was called by the daughter; the office found it necessary."""
    desk = staff.desks[staff.providers[1].pk][0]
    why = Why("called", "따님이 어머니와 연락이 안 된다며 우리 쪽으로 전화했습니다")
    look = emergencies.look_for(Particulars(recipient.name, phone=recipient.phone), why, by=desk, now=now)
    if look:
        emergencies.review(look, "justified", "", by=staff.officers[1], now=now)
