"""The drawing of a workflow: layers, places without overlap, lines that run behind no step."""

from jobs.workflows.graph import NODE_HEIGHT, NODE_WIDTH, draw, layers

DIAMOND = {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")}


def test_a_step_stands_to_the_right_of_all_it_waits_for() -> None:
    assert layers(DIAMOND) == [["a"], ["b", "c"], ["d"]]
    assert layers({"a": (), "b": ("a",), "c": ("a", "b")}) == [["a"], ["b"], ["c"]]


def test_a_join_stands_opposite_the_middle_of_its_branches() -> None:
    y = {place.name: place.y for place in draw(DIAMOND).places}

    assert y["a"] == y["d"] == (y["b"] + y["c"]) / 2


def test_no_two_steps_overlap_and_all_lie_within_the_drawing() -> None:
    needs: dict[str, tuple[str, ...]] = {f"s{n}": () for n in range(7)}
    needs |= {f"m{n}": (f"s{n % 7}", f"s{(n + 3) % 7}") for n in range(9)}
    needs["end"] = tuple(needs)

    drawing = draw(needs)

    taken = {(place.x, place.y) for place in drawing.places}
    assert len(taken) == len(needs)
    for x, y in taken:
        assert 0 <= x <= drawing.width - NODE_WIDTH
        assert 0 <= y <= drawing.height - NODE_HEIGHT
        assert not any(x == ox and 0 < abs(y - oy) < NODE_HEIGHT for ox, oy in taken)


def test_a_line_over_several_layers_has_a_place_of_its_own_in_each() -> None:
    drawing = draw({"a": (), "b": ("a",), "c": ("b", "a")})

    long = next(line for line in drawing.lines if (line.before, line.after) == ("a", "c"))
    (b,) = (place for place in drawing.places if place.name == "b")
    assert f"H{b.x + NODE_WIDTH}" in long.path
    assert f" {b.y + NODE_HEIGHT // 2}H" not in long.path


def test_nothing_draws_nothing() -> None:
    assert draw({}).places == []
