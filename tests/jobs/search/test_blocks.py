"""The blocks that a search reads one after another."""

from hypothesis import given
from hypothesis import strategies as st

from jobs.search.engine import Blocks, Downwards, Upwards

WIDTHS = st.lists(st.integers(1, 9), min_size=1)


def taken(blocks: Blocks, widths: list[int]) -> list[int]:
    found: list[int] = []
    turn = 0
    while (part := blocks.take(widths[turn % len(widths)])) is not None:
        lowest, highest = part
        assert lowest <= highest
        found += range(lowest, highest + 1)
        turn += 1
    return found


@given(highest=st.integers(-1, 40), widths=WIDTHS)
def test_downwards_takes_every_block_once_whatever_the_widths(highest: int, widths: list[int]) -> None:
    blocks = Downwards(highest)
    assert blocks.count == highest + 1
    assert sorted(taken(blocks, widths)) == list(range(highest + 1))


@given(lowest=st.integers(0, 20), more=st.integers(0, 20), widths=WIDTHS)
def test_upwards_takes_every_block_once_and_in_order(lowest: int, more: int, widths: list[int]) -> None:
    blocks = Upwards(lowest, lowest + more)
    assert blocks.count == more + 1
    assert taken(blocks, widths) == list(range(lowest, lowest + more + 1))
