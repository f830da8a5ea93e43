"""The bundled sample."""

from pathlib import Path

import pytest

from providers.ucc import STATES, Reading, SampleSource, SourceLabel, StateSource, source_named


@pytest.mark.parametrize("state", ["NY", "DC"])
def test_a_state_gets_2500_filings_all_labelled_sample(state: str) -> None:
    filings = list(SampleSource().read(state, None, None, reading=Reading()))

    assert len(filings) == 2500
    assert {filing.source for filing in filings} == {SourceLabel.SAMPLE}
    assert {filing.state for filing in filings} == {state}
    assert {party.region for filing in filings for party in filing.parties} == {state}


def test_all_fifty_states_and_the_district_are_served() -> None:
    served = {next(SampleSource().read(state, None, None, reading=Reading())).state for state in STATES}

    assert served == STATES
    assert len(STATES) == 51


def test_the_sample_is_the_same_every_time_and_without_a_bad_row() -> None:
    reading = Reading()

    first, second = (list(SampleSource().read("NY", None, None, reading=reading)) for _ in range(2))

    assert first == second
    assert reading.rejected == 0
    assert len({filing.file_number for filing in first}) == 2500


def test_every_made_up_file_number_says_so() -> None:
    filings = SampleSource().read("NY", None, None, reading=Reading())

    assert all(filing.file_number.startswith("SAMPLE-") for filing in filings)


def test_a_source_is_chosen_by_name() -> None:
    assert isinstance(source_named("sample", inbox=Path("inbox")), SampleSource)
    assert isinstance(source_named("files", inbox=Path("inbox")), StateSource)
    with pytest.raises(ValueError, match="use sample or files"):
        source_named("live", inbox=Path("inbox"))
