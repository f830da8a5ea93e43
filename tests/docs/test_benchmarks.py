"""The measurements that pages name are there."""

import re
from pathlib import Path

from benchmarks.__main__ import measurements

ROOT = Path(__file__).resolve().parents[2]


def test_every_measurement_that_a_page_tells_to_run_is_there_and_says_what_it_measures() -> None:
    pages = [*ROOT.glob("docs/*.md"), *ROOT.glob("benchmarks/*.py")]
    named = {name for page in pages for name in re.findall(r"run\.py benchmark ([a-z_]+)", page.read_text())}
    known = measurements()
    assert named == known.keys()
    assert all(subject.endswith(".") for subject in known.values()), known
