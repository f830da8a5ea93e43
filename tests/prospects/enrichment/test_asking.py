"""Asking several sources about many subjects at once."""

import threading
import time
from concurrent import futures

import pytest

from jobs.errors import JobStopped
from prospects.enrichment import asking
from prospects.enrichment.asking import LANES, ask
from prospects.enrichment.enricher import enrichers_for
from prospects.enrichment.subjects import Business, Kind, Subject
from prospects.facts import FactValue

from .conftest import NewEnricher, failing

pytestmark = pytest.mark.usefixtures("no_other_sources")


def subjects(number: int) -> list[Business]:
    return [Business(kind=Kind.PROSPECT, pk=index, name=f"Mill {index}") for index in range(number)]


def answers_of(number: int) -> dict[int, dict[str, tuple[str, str]]]:
    """By subject and source: outcome and message."""
    found = ask(enrichers_for(Kind.PROSPECT), subjects(number), check=lambda: None)
    return {subject.pk: {one.provider: (str(one.outcome), one.message) for one in told} for subject, told in found}


def test_every_subject_has_an_answer_of_every_source(new_enricher: NewEnricher) -> None:
    new_enricher("osha")
    new_enricher("wikidata", says=lambda subject: [])
    new_enricher("sec", error=failing("it is down"))
    new_enricher("census", problem="Census needs a key; set CENSUS_API_KEY.")

    told = answers_of(5)

    assert set(told) == set(range(5))
    assert told[3] == {
        "osha": ("found", ""),
        "wikidata": ("empty", ""),
        "sec": ("failed", "it is down"),
        "census": ("skipped", "Census needs a key; set CENSUS_API_KEY."),
    }


def test_a_subject_whose_answers_come_together_is_handed_out_once(
    new_enricher: NewEnricher, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All that is under way has ended whenever somebody looks, as on a busy machine.
    monkeypatch.setattr(asking, "wait", lambda under_way, timeout, return_when: futures.wait(under_way, timeout=10))
    for name in ("osha", "sec", "census"):
        new_enricher(name)

    seen = [subject.pk for subject, _ in ask(enrichers_for(Kind.PROSPECT), subjects(10), check=lambda: None)]

    assert sorted(seen) == list(range(10))


def test_without_any_source_each_subject_comes_back_with_nothing() -> None:
    assert answers_of(2) == {0: {}, 1: {}}


def test_a_subject_of_which_too_little_is_known_is_not_asked_about(new_enricher: NewEnricher) -> None:
    osha = new_enricher("osha")
    nameless = Business(kind=Kind.PROSPECT, pk=7, name="")

    [(_, [answer])] = ask(enrichers_for(Kind.PROSPECT), [nameless], check=lambda: None)

    assert (str(answer.outcome), osha.asked) == ("skipped", [])


def test_questions_to_one_source_run_side_by_side_up_to_its_lanes(new_enricher: NewEnricher) -> None:
    together = threading.Barrier(LANES, timeout=10)

    def meet(subject: Subject) -> list[FactValue]:
        together.wait()
        return []

    new_enricher("osha", says=meet)

    assert len(answers_of(LANES * 2)) == LANES * 2


def test_a_slow_source_delays_no_answer_of_another(new_enricher: NewEnricher) -> None:
    fast_done, asked = threading.Event(), []

    def fast(subject: Subject) -> list[FactValue]:
        asked.append(subject.pk)
        if len(asked) == 20:
            fast_done.set()
        return []

    def slow(subject: Subject) -> list[FactValue]:
        assert fast_done.wait(10), "the fast source was kept waiting"
        return []

    new_enricher("slow", says=slow)
    new_enricher("fast", says=fast)

    assert len(answers_of(20)) == 20


def test_a_pause_that_a_source_asks_for_is_kept_and_the_question_put_again(new_enricher: NewEnricher) -> None:
    refused_at: list[float] = []

    def limited(subject: Subject) -> list[FactValue]:
        if not refused_at:
            refused_at.append(time.monotonic())
            raise failing("slow down", retry_after=0.3)
        assert time.monotonic() >= refused_at[0] + 0.3
        return []

    new_enricher("osha", says=limited)

    assert answers_of(1) == {0: {"osha": ("empty", "")}}


@pytest.mark.parametrize("error_class", ["RATE_LIMIT", "NETWORK_ERROR"])
def test_a_source_that_is_out_for_long_is_asked_no_more_questions(new_enricher: NewEnricher, error_class: str) -> None:
    error = failing("the day's quota is used up", retry_after=3600)
    error.error_class = error_class
    osha = new_enricher("osha", error=error)

    told = answers_of(50)

    assert len(told) == 50
    assert {one["osha"] for one in told.values()} == {("failed", "the day's quota is used up")}
    assert len(osha.asked) <= LANES


def test_pauses_end_when_the_patience_of_a_job_does(new_enricher: NewEnricher) -> None:
    osha = new_enricher("osha", error=failing("slow down", retry_after=0.2))

    [(_, [answer])] = ask(enrichers_for(Kind.PROSPECT), subjects(1), check=lambda: None, patience=0.5)

    assert (str(answer.outcome), answer.message) == ("failed", "slow down")
    assert len(osha.asked) == 3


def test_an_answer_of_a_shape_that_nobody_foresaw_fails_for_its_subject_alone(new_enricher: NewEnricher) -> None:
    def says(subject: Subject) -> list[FactValue]:
        if subject.pk == 1:
            raise KeyError("data")
        return [FactValue(name="employees", value=3)]

    new_enricher("osha", says=says)

    found = answers_of(3)

    assert [found[pk]["osha"][0] for pk in sorted(found)].count("failed") == 1
    assert found[1]["osha"] == ("failed", "its answer could not be read (KeyError('data'))")


def test_an_error_that_is_no_source_s_stops_everything(new_enricher: NewEnricher) -> None:
    new_enricher("osha", error=RuntimeError("a mistake in an adapter"))

    with pytest.raises(RuntimeError, match="a mistake in an adapter"):
        answers_of(3)


def test_it_stops_when_the_job_must_and_asks_nothing_more(new_enricher: NewEnricher) -> None:
    release = threading.Event()

    def hang(subject: Subject) -> list[FactValue]:
        release.wait(10)
        return []

    osha = new_enricher("osha", says=hang)

    def check() -> None:
        if osha.asked:
            raise JobStopped("cancelled")

    with pytest.raises(JobStopped):
        list(ask(enrichers_for(Kind.PROSPECT), subjects(50), check=check))
    release.set()

    assert len(osha.asked) <= LANES
