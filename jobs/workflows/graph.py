"""The graph of a workflow: its steps in layers from left to right, with places for nodes and lines.

Pure: from names and what each waits for to coordinates. Layers follow the longest way from a start; within
a layer a step stands near the middle of what it waits for, so that few lines cross. A line over several
layers keeps a place of its own in each, and so runs behind no step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

NODE_WIDTH, NODE_HEIGHT = 172, 52
GAP_X, GAP_Y = 48, 16
MARGIN = 8
#: Steps that a drawing still helps with.
MOST_DRAWN = 150


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a step is drawn: its top left corner."""

    name: str
    x: int
    y: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """From a step to one that waits for it. path: the `d` of an SVG path."""

    before: str
    after: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Drawing:
    width: int
    height: int
    places: list[Place]
    lines: list[Line]


def layers(needs: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Steps by their distance from a start. needs: in an order in which each comes after what it needs."""
    depth: dict[str, int] = {}
    for name, before in needs.items():
        depth[name] = max((depth[other] + 1 for other in before if other in depth), default=0)
    rows: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in needs:
        rows[depth[name]].append(name)
    return rows


def draw(needs: Mapping[str, Sequence[str]]) -> Drawing:
    rows, chains = _with_bends(needs)
    spots = _positions(rows, chains)
    height = max((len(row) for row in rows), default=0) * (NODE_HEIGHT + GAP_Y) - GAP_Y
    places = {
        spot: Place(
            name=spot[0],
            x=MARGIN + column * (NODE_WIDTH + GAP_X),
            y=MARGIN + round((height - NODE_HEIGHT) / 2 + spots[spot] * (NODE_HEIGHT + GAP_Y)),
        )
        for column, row in enumerate(rows)
        for spot in row
    }
    return Drawing(
        width=2 * MARGIN + len(rows) * (NODE_WIDTH + GAP_X) - GAP_X,
        height=2 * MARGIN + height,
        places=[place for spot, place in places.items() if not spot[1]],
        lines=[
            Line(before=before, after=after, path=_path([places[spot] for spot in chain]))
            for (before, after), chain in chains.items()
        ],
    )


#: A node, or a bend of the lines that lead to it: (name, layers before the node).
Spot = tuple[str, int]


def _with_bends(needs: Mapping[str, Sequence[str]]) -> tuple[list[list[Spot]], dict[tuple[str, str], list[Spot]]]:
    """Layers in which a line that skips some has room in each, and the spots that each line passes.

    All lines to one node share their bends.
    """
    names = layers(needs)
    depth = {name: column for column, row in enumerate(names) for name in row}
    rows: list[list[Spot]] = [[(name, 0) for name in row] for row in names]
    chains: dict[tuple[str, str], list[Spot]] = {}
    for name, others in needs.items():
        for before in others:
            if before not in depth:
                continue
            bends = [(name, depth[name] - column) for column in range(depth[before] + 1, depth[name])]
            for bend in bends:
                row = rows[depth[name] - bend[1]]
                if bend not in row:
                    row.append(bend)
            chains[before, name] = [(before, 0), *bends, (name, 0)]
    return rows, chains


def _positions(rows: list[list[Spot]], chains: Mapping[tuple[str, str], list[Spot]]) -> dict[Spot, float]:
    """Each spot's distance from the middle, in rows; sorts the layers."""
    before: dict[Spot, list[Spot]] = {}
    for chain in chains.values():
        for spot, following in pairwise(chain):
            before.setdefault(following, []).append(spot)
    position: dict[Spot, float] = {}
    for row in rows:
        row.sort(key=lambda spot: _middle(before.get(spot, ()), position))
        position |= {spot: index - (len(row) - 1) / 2 for index, spot in enumerate(row)}
    return position


def _middle(before: Sequence[Spot], position: Mapping[Spot, float]) -> float:
    known = [position[spot] for spot in before if spot in position]
    return sum(known) / len(known) if known else 0.0


def _path(spots: Sequence[Place]) -> str:
    """From the right edge of the first to the left edge of the last, straight across the bends between."""
    middle = NODE_HEIGHT // 2
    path = f"M{spots[0].x + NODE_WIDTH} {spots[0].y + middle}"
    for start, end in pairwise(spots):
        x1, y1, x2, y2 = start.x + NODE_WIDTH, start.y + middle, end.x, end.y + middle
        bend = (x2 - x1) // 2
        path += f"C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
        if end is not spots[-1]:
            path += f"H{x2 + NODE_WIDTH}"
    return path
