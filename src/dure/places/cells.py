"""The map: boundaries that the office loaded, or else approximate cells around the centres of its areas. Pure.

No tiles from elsewhere: an office's network may be closed. Shapes are in degrees (lon, lat), drawn with the
longitude shrunk by the cosine of the middle latitude; over a district the error is below one part in a thousand.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import cos, hypot, pi, radians, sin
from typing import Any

Point = tuple[float, float]
SIZE = 1000.0
REACH = 0.035  # degrees: no cell is drawn farther than this from its centre


def cell(centre: Point, others: Iterable[Point], reach: float = REACH) -> list[Point]:
    """The points nearer to this centre than to any other, within reach: a convex polygon.

    >>> round(max(x for x, y in cell((0, 0), [(0.02, 0)])), 3)
    0.01
    """
    shape = [(centre[0] + reach * cos(i * pi / 12), centre[1] + reach * sin(i * pi / 12)) for i in range(24)]
    for other in others:
        if other != centre:
            shape = _nearer(shape, centre, other)
    return shape


def middle(shape: Sequence[Point]) -> Point:
    """Where a name stands best in a shape: its centre of gravity.

    >>> middle([(0, 0), (4, 0), (4, 2), (0, 2)])
    (2.0, 1.0)
    """
    x = y = area = 0.0
    for p, q in zip(shape, [*shape[1:], *shape[:1]], strict=True):
        cross = p[0] * q[1] - q[0] * p[1]
        x, y, area = x + (p[0] + q[0]) * cross, y + (p[1] + q[1]) * cross, area + cross
    return (x / (3 * area), y / (3 * area)) if area else shape[0]


def _nearer(shape: Sequence[Point], a: Point, b: Point) -> list[Point]:
    """The part of a polygon that is nearer to a than to b (Sutherland and Hodgman's clipping)."""

    def side(p: Point) -> float:
        return hypot(p[0] - b[0], p[1] - b[1]) ** 2 - hypot(p[0] - a[0], p[1] - a[1]) ** 2

    kept: list[Point] = []
    for p, q in zip(shape, [*shape[1:], *shape[:1]], strict=True):
        s, t = side(p), side(q)
        if s >= 0:
            kept.append(p)
        if (s > 0 > t) or (s < 0 < t):
            part = s / (s - t)
            kept.append((p[0] + part * (q[0] - p[0]), p[1] + part * (q[1] - p[1])))
    return kept


def rings(boundary: Mapping[str, Any]) -> list[list[Point]]:
    """The outer rings of a GeoJSON Polygon or MultiPolygon."""
    parts = boundary["coordinates"] if boundary["type"] == "MultiPolygon" else [boundary["coordinates"]]
    return [[(float(x), float(y)) for x, y, *_ in part[0]] for part in parts]


class Projection:
    """From degrees to the drawing's own units, north up, everything inside a square of 1000."""

    def __init__(self, points: Sequence[Point]) -> None:
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        self.shrink = cos(radians((min(ys) + max(ys)) / 2))
        self.left, self.top = min(xs), max(ys)
        width, height = (max(xs) - self.left) * self.shrink, self.top - min(ys)
        self.scale = SIZE / max(width, height, 1e-6)
        self.width, self.height = round(width * self.scale), round(height * self.scale)

    def __call__(self, point: Point) -> Point:
        x = (point[0] - self.left) * self.shrink * self.scale
        return round(x, 1), round((self.top - point[1]) * self.scale, 1)

    def path(self, shapes: Iterable[Sequence[Point]]) -> str:
        """An SVG path of closed shapes."""
        return " ".join("M" + " L".join(f"{x} {y}" for x, y in map(self, shape)) + " Z" for shape in shapes)
