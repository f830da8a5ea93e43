"""The picture and the table of states say what jobs/states.py says, all of it and nothing else."""

from docs import state_diagram
from jobs.states import TRANSITIONS

from .pages import between, markdown_table, page


def test_the_picture_shows_every_transition_and_no_other() -> None:
    allowed = {(before, after) for before, following in TRANSITIONS.items() for after in following}

    assert state_diagram.covered() == allowed, "draw it in docs/state_diagram.py"


def test_the_picture_is_the_one_that_is_drawn_now() -> None:
    assert state_diagram.PICTURE.read_text(encoding="utf-8") == state_diagram.svg(), "run docs/state_diagram.py"


def test_the_table_of_transitions_is_that_of_the_picture() -> None:
    expected = markdown_table(["from", "to", "when"], state_diagram.rows())

    assert between(page("docs/concepts.md"), "transitions") == expected, f"put this into docs/concepts.md:\n{expected}"
