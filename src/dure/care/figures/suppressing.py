"""Which numbers of a published table are left out, so that no small one can be read or worked out. Pure.

A table of counts with the sums of its rows and columns. Everything from 1 to 4 is left out. That alone isn't enough:
who subtracts the rest of a row from its sum has the number again. So others are left out with it, until each number
that is left out lies on a closed path of such numbers, alternating between rows and columns, along which one could be
added and taken away in turn: then another table fits just as well what is shown. Sums count with their sign turned.
(L. H. Cox, Suppression Methodology and Statistical Disclosure Control, 1980: the closed paths. That nothing on a path
falls below 1 keeps also those from working it out who know that a nought is never left out.)
"""

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

FEWEST = 5  # counts below are left out; a nought is shown
Spot = tuple[int, int]  # row, column; the last of each are the sums
Node = tuple[str, int]  # a row or a column
Table = Sequence[Sequence[int]]


def with_sums(table: Table) -> list[list[int]]:
    """The table with a column and a row of sums.

    >>> with_sums([[1, 2], [3, 4]])
    [[1, 2, 3], [3, 4, 7], [4, 6, 10]]
    """
    rows = [[*row, sum(row)] for row in table]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]] if rows else []


def left_out(table: Table, fewest: int = FEWEST) -> frozenset[Spot]:
    """The spots of `with_sums(table)` that are left out: small ones, and those that would give them away.

    >>> sorted(left_out([[1, 9, 40], [20, 30, 50]]))
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    >>> left_out([[10, 0], [20, 30]])
    frozenset()
    """
    full = with_sums(table)
    out = {(r, c) for r, row in enumerate(full) for c, value in enumerate(row) if 0 < value < fewest}
    while given_away := next((spot for spot in sorted(out) if not _hidden(full, out, spot)), None):
        out |= _closed(full, out, given_away)
    return frozenset(out)


def _is_sum(full: Table, spot: Spot) -> bool:
    """Whether it stands on the other side of an equation: a sum of a row or a column, but not the sum of all."""
    return (spot[0] == len(full) - 1) != (spot[1] == len(full[0]) - 1)


def _can(full: Table, spot: Spot, up: bool) -> bool:
    """Whether the spot could be one more (`up`; of a sum: one less), and would still be at least 1."""
    return full[spot[0]][spot[1]] >= (2 if up == _is_sum(full, spot) else 1)


def _ways(full: Table, node: Node) -> Iterator[tuple[Spot, Node]]:
    """From a row upwards to a column, from a column downwards to a row."""
    kind, n = node
    if kind == "row":
        yield from (((n, c), ("column", c)) for c in range(len(full[0])) if _can(full, (n, c), up=True))
    else:
        yield from (((r, n), ("row", r)) for r in range(len(full)) if _can(full, (r, n), up=False))


def _ends(full: Table, spot: Spot) -> Iterator[tuple[Node, Node]]:
    """From where to where a path closes the circle, when the spot itself goes up, or down."""
    row, column = ("row", spot[0]), ("column", spot[1])
    if _can(full, spot, up=True):
        yield column, row
    if _can(full, spot, up=False):
        yield row, column


def _hidden(full: Table, out: set[Spot], spot: Spot) -> bool:
    """Whether the spot lies on a closed path of what is left out."""
    return any(path[0] == 0 for path in _paths(full, out, spot))


def _closed(full: Table, out: set[Spot], spot: Spot) -> set[Spot]:
    """What has to be left out too, as little as can be, so that it does. Through the sums there is always a way."""
    return min(_paths(full, out, spot), key=lambda path: (path[0], sorted(path[1])))[1]


def _paths(full: Table, out: set[Spot], spot: Spot) -> Iterator[tuple[int, set[Spot]]]:
    """The cheapest way round for each direction: what it costs, and the spots on it (Dijkstra)."""
    for begins, ends in _ends(full, spot):
        best: dict[Node, tuple[int, set[Spot]]] = {}
        waiting: list[tuple[int, Node, list[Spot]]] = [(0, begins, [])]
        while waiting and ends not in best:
            cost, node, way = heappop(waiting)
            if node in best:
                continue
            best[node] = cost, set(way)
            for each, to in _ways(full, node):
                if each != spot and to not in best:
                    heappush(waiting, (cost + _loss(full, out, each), to, [*way, each]))
        if ends in best:
            yield best[ends]


def _loss(full: Table, out: set[Spot], spot: Spot) -> int:
    """What is lost when it is left out too: the number itself; sums are wanted ten times as much."""
    row, column = spot
    if spot in out:
        return 0
    in_sums = row == len(full) - 1 or column == len(full[0]) - 1
    return full[row][column] * (10 if in_sums else 1)
