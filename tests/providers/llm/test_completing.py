"""From an answer to a typed value, with one repair."""

from collections.abc import Iterator

import pytest
from pydantic import BaseModel, ConfigDict

from providers.llm import analyst
from providers.llm.analyst import Analyst
from providers.llm.completing import complete
from providers.llm.errors import RefusedAnswer, UnusableAnswer
from providers.llm.protocol import Answer, OnText, Request, Stop, Usage, ignore
from providers.llm.schema import json_schema


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    stars: int


REQUEST = Request(task="test-note", system="Write.", prompt="About cranes.", schema=Note)
GOOD = '{"text": "fine", "stars": 4}'


class Scripted:
    """A backend that gives prepared answers; the wire is tested elsewhere."""

    name = "scripted"
    is_rule_based = False

    def __init__(self, *answers: str | tuple[str, Stop]) -> None:
        self._answers = list(answers)
        self.asked: list[Request] = []

    def answer(self, request: Request, *, on_text: OnText = ignore) -> Answer:
        self.asked.append(request)
        given = self._answers.pop(0)
        text, stop = given if isinstance(given, tuple) else (given, Stop.COMPLETE)
        return Answer(text=text, stop=stop, model="m", usage=Usage(input_tokens=10, output_tokens=3))


def test_a_good_answer_is_taken_at_once() -> None:
    found = complete(REQUEST, Note, backend=Scripted(GOOD))

    assert found.value == Note(text="fine", stars=4)
    assert len(found.calls) == 1


def test_a_markdown_fence_around_the_json_does_no_harm() -> None:
    assert complete(REQUEST, Note, backend=Scripted(f"```json\n{GOOD}\n```")).value.stars == 4


def test_an_answer_that_misses_the_schema_is_asked_for_once_more_with_the_reason() -> None:
    backend = Scripted('{"text": "fine", "stars": "many", "mood": 1}', GOOD)

    found = complete(REQUEST, Note, backend=backend)

    repair = backend.asked[1].prompt
    assert "stars: " in repair
    assert "mood: " in repair
    assert '"stars": "many"' in repair
    assert repair.startswith("About cranes.")
    assert (found.usage.input_tokens, found.usage.output_tokens) == (20, 6)
    assert found.calls[0].problem


def test_an_answer_that_was_cut_off_is_asked_for_in_fewer_words() -> None:
    backend = Scripted(('{"text": "fi', Stop.CUT), GOOD)

    assert complete(REQUEST, Note, backend=backend).value.stars == 4
    assert "fewer words" in backend.asked[1].prompt


def test_two_bad_answers_are_an_error_that_keeps_what_was_said() -> None:
    with pytest.raises(UnusableAnswer, match="stars") as caught:
        complete(REQUEST, Note, backend=Scripted('{"text": "a"}', '{"text": "b"}'))

    assert [call.answer.text for call in caught.value.calls] == ['{"text": "a"}', '{"text": "b"}']


def test_two_refusals_are_not_tried_again() -> None:
    no = ("I must not.", Stop.REFUSED)

    with pytest.raises(RefusedAnswer) as caught:
        complete(REQUEST, Note, backend=Scripted(no, no))

    assert caught.value.error_class == "API_ERROR"


def test_a_refusal_is_not_shown_back_to_the_model() -> None:
    backend = Scripted(("I must not.", Stop.REFUSED), GOOD)

    complete(REQUEST, Note, backend=backend)

    assert "I must not." not in backend.asked[1].prompt


def test_a_schema_with_optional_fields_is_a_mistake_of_the_program() -> None:
    class Loose(BaseModel):
        model_config = ConfigDict(extra="forbid")
        text: str = ""

    class Open(BaseModel):
        text: str

    with pytest.raises(ValueError, match="gives defaults to text"):
        json_schema(Loose)
    with pytest.raises(ValueError, match="Open must forbid extra fields"):
        json_schema(Open)


@pytest.fixture
def note_writer() -> Iterator[None]:
    analyst.writer("test-note")(lambda material: Note(text=f"{material['n']} cranes", stars=3))
    yield
    analyst.forget("test-note")


@pytest.mark.usefixtures("note_writer")
def test_rules_answer_from_the_material_and_say_that_they_are_rules() -> None:
    request = Request(task="test-note", system="", prompt="", schema=Note, material={"n": 12})
    pieces: list[str] = []

    found = complete(request, Note, backend=Analyst(), on_text=pieces.append)

    assert found.value.text == "12 cranes"
    assert (Analyst.is_rule_based, found.model) == (True, "rules")
    assert "".join(pieces) == found.calls[0].answer.text


@pytest.mark.usefixtures("note_writer")
def test_a_task_has_one_writer() -> None:
    with pytest.raises(ValueError, match="test-note"):
        analyst.writer("test-note")(lambda _: Note(text="", stars=0))


def test_a_task_without_a_writer_is_a_mistake_of_the_program() -> None:
    with pytest.raises(LookupError, match="nobody-writes-this"):
        Analyst().answer(Request(task="nobody-writes-this", system="", prompt="", schema=Note))
