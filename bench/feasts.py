"""Korea's public holidays, by the law itself: what a calendar is held against.

Source: 관공서의 공휴일에 관한 규정 제2조, 제3조 (노동절, 제헌절 since 2026). One-off holidays (임시공휴일) are
announced and can't be computed.
"""

from datetime import date, timedelta

DAY = timedelta(days=1)
LUNAR = {  # 설날, 부처님오신날, 추석: as announced by the astronomical institute (한국천문연구원 월력요항)
    2026: (date(2026, 2, 17), date(2026, 5, 24), date(2026, 9, 25)),
    2027: (date(2027, 2, 7), date(2027, 5, 13), date(2027, 9, 15)),
    2028: (date(2028, 1, 27), date(2028, 5, 2), date(2028, 10, 3)),
}
ELECTIONS = {date(2026, 6, 3), date(2028, 4, 12)}
FIXED = {(1, 1): False, (3, 1): True, (5, 1): True, (5, 5): True, (6, 6): False, (7, 17): True, (8, 15): True,
         (10, 3): True, (10, 9): True, (12, 25): True}  # fmt: skip


def holidays_of(year: int) -> set[date]:
    """The public holidays of a year by the rules of 관공서의 공휴일에 관한 규정, substitutes included."""
    seollal, buddha, chuseok = LUNAR[year]
    feasts = [day + n * DAY for day in (seollal, chuseok) for n in (-1, 0, 1)]
    alone = [(date(year, *month_day), again) for month_day, again in FIXED.items()] + [(buddha, True)]
    known = {*feasts, *(day for day, _ in alone), *(day for day in ELECTIONS if day.year == year)}
    lost = [day for day, again in alone if again and (day.weekday() >= 5 or day in feasts)]
    for feast in (seollal, chuseok):  # one substitute for the three days: for a Sunday, or another holiday among them
        three = [feast + n * DAY for n in (-1, 0, 1)]
        lost += [three[2]] if any(day.weekday() == 6 for day in three) else []
    for day in sorted(lost):
        while day in known or day.weekday() >= 5:
            day += DAY
        known.add(day)
    return known
