"""What differs between two attempts."""

from research.pages.statement_diff import Piece, differences


def lines(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    (section,) = differences({"Risks": before}, {"Risks": after})
    return [(line.kind, line.text) for line in section.lines]


def test_statements_are_kept_added_and_removed() -> None:
    assert lines(["Debt is high.", "Margins fell by half."], ["Debt is high.", "A lawsuit is pending in Texas."]) == [
        ("kept", "Debt is high."),
        ("added", "A lawsuit is pending in Texas."),
        ("removed", "Margins fell by half."),
    ]


def test_a_reworded_statement_shows_the_words_that_changed() -> None:
    (section,) = differences({"Thesis": ["Revenue grew by 8 % a year."]}, {"Thesis": ["Revenue grew by 12 % a year."]})

    (line,) = section.lines
    assert line.kind == "reworded"
    assert line.pieces == (
        Piece(kind="kept", text="Revenue grew by"),
        Piece(kind="removed", text="8"),
        Piece(kind="added", text="12"),
        Piece(kind="kept", text="% a year."),
    )


def test_each_old_statement_is_reworded_into_one_new_statement_at_most() -> None:
    kinds = [
        kind for kind, _ in lines(["Cash is 5 million USD."], ["Cash is 6 million USD.", "Cash is 7 million USD."])
    ]

    assert kinds == ["reworded", "added"]


def test_a_section_that_was_lost_stands_at_the_end() -> None:
    found = differences({"Momentum": ["It rose."], "Thesis": ["Cheap."]}, {"Thesis": ["Cheap."]})

    assert [section.title for section in found] == ["Thesis", "Momentum"]
    assert [line.kind for line in found[1].lines] == ["removed"]
    assert found[0].changed == []
