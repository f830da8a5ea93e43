"""Draws pictures/states.svg from the transitions in jobs/states.py.

    PYTHONPATH=. .venv/bin/python docs/state_diagram.py

A test compares the picture and the table of docs/concepts.md with what this draws, and this with the transitions.
"""

from dataclasses import dataclass
from html import escape
from pathlib import Path

from jobs.states import TERMINAL, Status

PICTURE = Path(__file__).parent / "pictures" / "states.svg"
WIDTH, HEIGHT = 1000, 540
BOX = (150, 44)
#: The middle of each state's box. `paused` has none: it is how the two in the dashed frame are shown.
PLACES = {
    Status.DELAYED: (190, 110),
    Status.WAITING: (190, 260),
    Status.RATE_LIMITED: (190, 400),
    Status.ACTIVE: (510, 260),
    Status.COMPLETED: (850, 90),
    Status.FAILED: (850, 200),
    Status.DEAD: (850, 310),
    Status.CANCELLED: (850, 420),
}

Transition = tuple[Status, Status]
_D, _W, _R, _P = Status.DELAYED, Status.WAITING, Status.RATE_LIMITED, Status.PAUSED
_A, _C, _F, _X, _N = Status.ACTIVE, Status.COMPLETED, Status.FAILED, Status.DEAD, Status.CANCELLED


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """label: drawn at `at`. when: the whole condition, for the table. covers: the transitions it stands for."""

    path: str
    label: str
    at: tuple[int, int]
    when: str
    covers: tuple[Transition, ...] = ()


ARROWS = (
    Arrow(path="M40 250 H113", label="enqueued", at=(74, 241), when="It is enqueued."),
    Arrow(
        path="M40 110 H113",
        label="enqueued",
        at=(74, 101),
        when="It is enqueued with a delay, or waits for other jobs.",
    ),
    Arrow(
        path="M190 132 V236",
        label="due",
        at=(210, 190),
        when="It is due, or what it waited for has completed.",
        covers=((_D, _W),),
    ),
    Arrow(
        path="M160 282 V376",
        label="starts used up",
        at=(108, 344),
        when="The queue's start limit is used up.",
        covers=((_W, _R),),
    ),
    Arrow(
        path="M220 378 V284", label="a start is free", at=(274, 344), when="A start is free again.", covers=((_R, _W),)
    ),
    Arrow(path="M265 252 H433", label="claimed", at=(352, 243), when="A worker claims it.", covers=((_W, _A),)),
    Arrow(
        path="M435 270 H267",
        label="interrupted, worker lost",
        at=(352, 289),
        when="Its worker was stopped or lost: no attempt is spent.",
        covers=((_A, _W),),
    ),
    Arrow(
        path="M265 396 Q460 380 490 285",
        label="claimed with a permit",
        at=(470, 404),
        when="It has a permit, and a worker claims it.",
        covers=((_R, _A),),
    ),
    Arrow(
        path="M480 238 Q430 150 267 122",
        label="failed, will retry",
        at=(322, 190),
        when="It failed and has attempts left.",
        covers=((_A, _D),),
    ),
    Arrow(path="M560 238 L773 98", label="completed", at=(608, 160), when="Its handler is done.", covers=((_A, _C),)),
    Arrow(
        path="M585 250 L773 208", label="failed for good", at=(645, 216), when="It failed for good.", covers=((_A, _F),)
    ),
    Arrow(
        path="M585 270 L773 306",
        label="once too often",
        at=(672, 318),
        when="It killed its processes or lost its workers too often, or its handler buried it.",
        covers=((_A, _X),),
    ),
    Arrow(
        path="M560 282 L773 408",
        label="cancelled",
        at=(628, 374),
        when="Somebody cancelled it while it ran.",
        covers=((_A, _N),),
    ),
    Arrow(path="M850 222 V286", label="buried", at=(882, 260), when="Somebody buried it.", covers=((_F, _X),)),
    Arrow(
        path="M265 102 C480 40 640 110 773 188",
        label="its dependency failed",
        at=(420, 66),
        when="A job that it waits for failed.",
        covers=((_D, _F),),
    ),
    Arrow(
        path="M190 464 V500 H850 V444",
        label="cancelled before its start, delayed ones too",
        at=(520, 492),
        when="Somebody cancelled it, or a job that it waits for, before it ran.",
        covers=((_D, _N), (_W, _N), (_R, _N), (_P, _N)),
    ),
    Arrow(
        path="M925 310 H965 V30 H190 V86",
        label="retried: by hand, or with what it depends on",
        at=(570, 22),
        when="Somebody retried it (dead: with force), or what it depends on runs again: then it is delayed.",
        covers=((_F, _W), (_X, _W), (_N, _W), (_F, _D), (_X, _D), (_N, _D)),
    ),
    Arrow(path="M190 30 H18 V272 H113", label=" ", at=(0, 0), when=""),
    Arrow(path="M925 200 H965", label="", at=(0, 0), when=""),
    Arrow(path="M925 420 H965 V310", label="", at=(0, 0), when=""),
)
#: The dashed frame: its queue is paused, resumed, or the job becomes due meanwhile.
PAUSING = ((_W, _P), (_R, _P), (_D, _P), (_P, _W))
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2933}.state{font-weight:600;font-size:15px}.label{fill:#52606d}"
    ".box{fill:#fff;stroke:#3e4c59;stroke-width:1.5}.end{fill:#e4e7eb}.arrow{fill:none;stroke:#3e4c59;stroke-width:1.4}"
    ".halo{stroke:#f8fafc;stroke-width:5;paint-order:stroke}.frame{fill:none;stroke:#7b8794;stroke-dasharray:6 4}"
)


def svg() -> str:
    """The whole picture, on a light ground so that it can be read on dark pages too."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t">',
        '<title id="t">The states of a job and what leads from one to the other</title>',
        f"<style>{STYLE}</style>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#3e4c59"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="10" fill="#f8fafc"/>',
        '<rect class="frame" x="44" y="222" width="300" height="242" rx="12"/>',
        '<text class="label" x="64" y="452">shown as <tspan class="state">paused</tspan> in a paused queue</text>',
        *(_arrow(arrow) for arrow in ARROWS),
        *(_box(status, *place) for status, place in PLACES.items()),
        *(_label(arrow) for arrow in ARROWS if arrow.label),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _arrow(arrow: Arrow) -> str:
    head = ' marker-end="url(#head)"' if arrow.label else ""
    return f'<path class="arrow" d="{arrow.path}"{head}/>'


def _label(arrow: Arrow) -> str:
    x, y = arrow.at
    return f'<text class="label halo" x="{x}" y="{y}" text-anchor="middle">{escape(arrow.label)}</text>'


def _box(status: Status, x: int, y: int) -> str:
    width, height = BOX
    end = " end" if status in TERMINAL else ""
    return (
        f'<rect class="box{end}" x="{x - width // 2}" y="{y - height // 2}" width="{width}" height="{height}" rx="8"/>'
        f'<text class="state" x="{x}" y="{y + 5}" text-anchor="middle">{status}</text>'
    )


def covered() -> set[Transition]:
    """Every transition that the picture shows."""
    return {one for arrow in ARROWS for one in arrow.covers} | set(PAUSING)


def rows() -> list[list[str]]:
    """The picture as a table: from, to, when."""
    shown = [arrow for arrow in ARROWS if arrow.covers]
    return [[_names(arrow.covers, 0), _names(arrow.covers, 1), arrow.when] for arrow in shown]


def _names(transitions: tuple[Transition, ...], side: int) -> str:
    return ", ".join(dict.fromkeys(f"`{one[side]}`" for one in transitions))


if __name__ == "__main__":
    PICTURE.write_text(svg(), encoding="utf-8")
