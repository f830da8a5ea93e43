"""The judgement on pairs that a person has labelled: what is called certain must be right, every time."""

from dataclasses import dataclass
from pathlib import Path

from prospects.matching.candidates import Companies
from prospects.matching.company_names import CompanyName, company_name
from prospects.matching.comparing import Judgement, Place, judge
from prospects.models.matches import MatchStatus


@dataclass(frozen=True)
class Pair:
    line: str
    company: CompanyName
    at: Place
    prospect: CompanyName
    there: Place
    same: bool

    def judged(self) -> Judgement | None:
        return judge(self.company, self.at, self.prospect, self.there)


def place(state: str, city: str, postal_code: str, registered: str = "") -> Place:
    def known(text: str) -> frozenset[str]:
        return frozenset(filter(None, [text.strip().upper()]))

    return Place(states=known(state), cities=known(city), postal_codes=known(postal_code[:5]), registered=registered)


def labelled() -> list[Pair]:
    lines = Path(__file__).with_name("pairs.txt").read_text(encoding="utf-8").splitlines()
    return [pair(line) for line in lines if line and not line.startswith("#")]


def pair(line: str) -> Pair:
    ours, theirs, label = line.split("|")
    name, *at = ours.split(";")
    prospect, registered, *there = theirs.split(";")
    return Pair(
        line=line,
        company=company_name(name),
        at=place(*at),
        prospect=company_name(prospect),
        there=place(*there, registered=registered),
        same={"yes": True, "no": False}[label],
    )


PAIRS = labelled()
CERTAIN = [one for one in PAIRS if (found := one.judged()) and found.status is MatchStatus.CERTAIN]
FOUND = [one for one in PAIRS if one.judged()]
SAME = [one for one in PAIRS if one.same]


def test_there_are_enough_pairs_of_both_kinds() -> None:
    assert len(PAIRS) >= 100
    assert len(SAME) >= 40
    assert len(PAIRS) - len(SAME) >= 40


def test_every_certain_match_is_right() -> None:
    assert [one.line for one in CERTAIN if not one.same] == []


def test_most_matches_are_certain_and_nearly_all_others_are_left_to_a_person() -> None:
    certain, found = len(CERTAIN) / len(SAME), sum(one.same for one in FOUND) / len(SAME)

    assert certain >= 0.70, sorted(one.line for one in SAME if one not in CERTAIN)
    assert found >= 0.95, sorted(one.line for one in SAME if one not in FOUND)


def test_what_is_judged_to_be_alike_is_also_found_among_many() -> None:
    companies = Companies((at, one.line.split(";")[0]) for at, one in enumerate(PAIRS))

    missed = [one for at, one in enumerate(PAIRS) if one in FOUND and at not in companies.like(one.prospect)]

    assert [one.line for one in missed if one.same] == []


def test_of_those_that_a_person_is_asked_about_three_in_ten_are_right_at_least() -> None:
    doubtful = [one for one in FOUND if one not in CERTAIN]

    assert sum(one.same for one in doubtful) / len(doubtful) >= 0.3


def test_reasons_say_what_agrees_and_what_does_not() -> None:
    found = pair("Acme Freight LLC;NY;Albany;12207|ACME FREIGHT INC;NY;NY;ALBANY;12207|no").judged()

    assert found is not None
    assert found.reasons == (
        "the names agree without their legal forms",
        "the postal code agrees: 12207",
        "the city agrees: ALBANY",
        "the state agrees: NY",
        "the legal forms differ: LLC and INC",
    )
