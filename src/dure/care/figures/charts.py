"""Bars as SVG, made on the server: every colour is a class, every number stands in a table beside it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 400, 190
LEFT, RIGHT, TOP, BOTTOM = 38, 14, 12, 24  # around the bars
LABELS = 8  # below the bars, at most


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its parts from below, and the height that it should reach, if there is one."""

    label: str
    parts: Sequence[float]
    goal: float | None = None


def top_of(values: Sequence[float]) -> int:
    """A round number that is at least as large as all of these.

    >>> [top_of([v]) for v in (0, 1, 7, 23, 100, 101, 1740)]
    [1, 1, 10, 50, 100, 200, 2000]
    """
    largest, step = max([*values, 0]), 1
    while step * 10 < largest:
        step *= 10
    return next(step * n for n in (1, 2, 5, 10) if step * n >= largest)


def bars(name: str, title: str, says: str, shown: Sequence[Bar], top: float | None = None) -> str:
    """The bars as an <svg> that says in words what it shows. `name` makes its ids unique on a page.

    >>> bars("n", "방문", "이틀", [Bar("1일", [3, 1])]).count("<rect")
    2
    """
    top = top or top_of([value for bar in shown for value in (sum(bar.parts), bar.goal or 0)])
    space = (WIDTH - LEFT - RIGHT) / max(len(shown), 1)
    every = -(-len(shown) // LABELS) or 1
    drawn = [_grid(top)]
    for n, bar in enumerate(shown):
        x = LEFT + n * space
        drawn.append(_bar(x, space, bar, top))
        if n % every == 0:
            drawn.append(f'<text class="x" x="{x + space / 2:.1f}" y="{HEIGHT - 8}">{escape(bar.label)}</text>')
    return (
        f'<svg class="bars" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(says)}</desc>{"".join(drawn)}</svg>'
    )


def _grid(top: float) -> str:
    lines = []
    for share in (0, 0.5, 1):
        y, value = _y(top * share, top), top * share
        text = f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
        lines.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        lines.append(f'<text class="y" x="{LEFT - 5}" y="{y + 4:.1f}">{text}</text>')
    return "".join(lines)


def _bar(x: float, space: float, bar: Bar, top: float) -> str:
    wide, below, drawn = min(space * 0.72, 40), 0.0, []
    left = x + (space - wide) / 2
    for n, part in enumerate(bar.parts):
        if part:
            y, foot = _y(below + part, top), _y(below, top)
            drawn.append(
                f'<rect class="part{n}" x="{left:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{foot - y:.1f}"/>'
            )
        below += part
    if bar.goal is not None:
        y = _y(bar.goal, top)
        drawn.append(f'<path class="goal" d="M{left - 5:.1f} {y:.1f}H{left + wide + 5:.1f}"/>')
    return "".join(drawn)


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)
