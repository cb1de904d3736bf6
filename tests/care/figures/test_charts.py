"""Charts are drawn to scale, without colours of their own, and say in words what they show."""

import re
import xml.etree.ElementTree as ET
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dure.care.figures.charts import Bar, bars, top_of
from dure.care.figures.times import spread

BUSY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
VALUES = st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 9_999)), min_size=1, max_size=62)


def rects(svg: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter("rect"))


@BUSY
@given(VALUES)
def test_the_height_of_a_bar_is_its_share_of_the_top(values):
    svg = bars("n", "t", "d", [Bar("x", pair) for pair in values])
    top = top_of([sum(pair) for pair in values])
    drawn = [float(each.get("height")) for each in rects(svg)]
    assert len(drawn) == sum(value > 0 for pair in values for value in pair)
    shown = [value / top * (190 - 12 - 24) for pair in values for value in pair if value]
    assert all(abs(a - b) < 0.11 for a, b in zip(drawn, shown, strict=True))
    assert all(float(r.get("x")) >= 38 and float(r.get("x")) + float(r.get("width")) <= 400 for r in rects(svg))


def test_it_says_in_words_what_it_shows_and_has_no_colour_of_its_own():
    svg = bars("seen", "확인 <시간>", "3명 중 2명", [Bar("45분", (66.7,), 90)], top=100)
    root = ET.fromstring(svg)
    assert root.get("role") == "img" and root.get("aria-labelledby") == "seen-t seen-d"
    assert [root.find("title").text, root.find("desc").text] == ["확인 <시간>", "3명 중 2명"]
    assert not re.search(r"style=|fill=|stroke=|#[0-9a-f]{3}", svg) and svg.count('class="goal"') == 1


@BUSY
@given(st.lists(st.integers(0, 5_000), min_size=5, max_size=80), st.sampled_from([50, 90, 95]))
def test_at_least_so_many_of_a_hundred_lie_within_a_percentile_and_of_no_shorter_time(seconds, percent):
    times = spread(timedelta(seconds=s) for s in seconds)
    found = times.within(percent)
    assert found in times.times and times.share_within(found) * 100 >= times.n * percent
    assert sum(1 for each in times.times if each < found) * 100 < times.n * percent
