"""Server-sent events, however they are cut into pieces."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarry_client.errors import NotReachable
from quarry_client.events import HEARTBEAT, Frame, TimeIsUp, frames

STREAM = (
    b'event: state\ndata: {"id": "job_1"}\n\n'
    b": still here\n\n"
    b"id: 17\n\n"
    b"id: 18\r\nevent: progress\r\ndata: one\r\ndata: two \xc3\xa9\r\n\r\n"
    b"data:without a name\n\n"
)
TOLD = [
    Frame(event="state", data='{"id": "job_1"}'),
    Frame(event=HEARTBEAT),
    Frame(event="progress", data="one\ntwo é"),
    Frame(event="message", data="without a name"),
]


def read_from(pieces: list[bytes]):
    left = iter(pieces)
    return lambda patience: next(left, b"")


@given(cuts=st.sets(st.integers(1, len(STREAM) - 1)))
def test_events_are_the_same_however_they_arrive(cuts: set[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[start:end] for start, end in itertools.pairwise(edges)]

    assert list(frames(read_from(pieces), deadline=None, first_within=1)) == TOLD


def test_half_an_event_at_the_end_is_none() -> None:
    assert list(frames(read_from([b"data: whole\n\ndata: half"]), deadline=None, first_within=1)) == [
        Frame(event="message", data="whole")
    ]


def silent(patience: float) -> bytes:
    time.sleep(patience)
    raise NotReachable("no answer in time", sent=True) from TimeoutError()


def test_the_deadline_ends_the_reading() -> None:
    with pytest.raises(TimeIsUp):
        list(frames(silent, deadline=time.monotonic() + 0.05, first_within=10))


def test_a_silent_stream_is_a_broken_one() -> None:
    with pytest.raises(NotReachable):
        list(frames(silent, deadline=time.monotonic() + 60, first_within=0.05))
