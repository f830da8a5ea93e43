"""Whether a prospect is a company: a pure judgement on two names and what is known of two places.

Certain only where the names agree without their legal forms and nothing contradicts. What speaks for and
against is said in sentences, for the person who looks at doubtful ones.
"""

from dataclasses import dataclass, field

from rapidfuzz import fuzz

from ..models.matches import MatchStatus
from .company_names import CompanyName

#: Less alike than this, names are of two companies.
LEAST_SIMILARITY = 88.0
#: The same where the two are in different states.
LEAST_ELSEWHERE = 96.0
#: Words that tell branches of one family of companies apart.
_TELLING = frozenset(
    "NORTH SOUTH EAST WEST NORTHERN SOUTHERN EASTERN WESTERN NORTHEAST NORTHWEST SOUTHEAST SOUTHWEST CENTRAL "
    "I II III IV V VI INTERNATIONAL HOLDINGS HOLDING PROPERTIES REALTY LEASING FOUNDATION INVESTMENTS CAPITAL".split()
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Capitals; empty where nothing is known. registered: the state whose register has the filings.

    postal_codes: their first five characters.
    """

    states: frozenset[str] = field(default_factory=frozenset)
    cities: frozenset[str] = field(default_factory=frozenset)
    postal_codes: frozenset[str] = field(default_factory=frozenset)
    countries: frozenset[str] = field(default_factory=frozenset)
    registered: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.states or self.cities or self.postal_codes)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """similarity: 0 to 100. has_place: whether the company's place is known at all, and agrees."""

    status: MatchStatus
    similarity: float
    reasons: tuple[str, ...]
    has_place: bool = True


def similarity_of(one: CompanyName, other: CompanyName) -> float:
    """Of the names without their legal forms, also where the words stand in another order."""
    plain = fuzz.ratio(one.core, other.core)
    return round(max(plain, fuzz.ratio(one.sorted_core, other.sorted_core)), 2)


def judge(company: CompanyName, at: Place, prospect: CompanyName, there: Place) -> Judgement | None:
    """None: two companies, as far as one can tell."""
    similarity = similarity_of(company, prospect)
    if similarity < LEAST_SIMILARITY or _tells_apart(company, prospect):
        return None
    elsewhere, agreeing, against = _places(at, there)
    reasons = [_names_reason(company, prospect, similarity)]
    if company.contradicts(prospect):
        against.append(f"the legal forms differ: {company.form} and {prospect.form}")
    if elsewhere and (similarity < LEAST_ELSEWHERE or company.contradicts(prospect)):
        return None
    certain = company.core == prospect.core and not against and _is_enough(company, prospect, at, agreeing)
    return Judgement(
        status=MatchStatus.CERTAIN if certain else MatchStatus.DOUBTFUL,
        similarity=similarity,
        reasons=(
            *reasons,
            *agreeing.values(),
            *against,
            *([] if at.is_known else ["the company's place is not known"]),
        ),
        has_place=at.is_known,
    )


def _tells_apart(one: CompanyName, other: CompanyName) -> bool:
    """Unit 12 is not unit 14, and the northern branch is not the southern one."""
    differing = set(one.words) ^ set(other.words)
    return one.numbers != other.numbers or bool(differing & _TELLING)


def _is_enough(company: CompanyName, prospect: CompanyName, at: Place, agreeing: dict[str, str]) -> bool:
    """A city or postal code besides the name; without one, the same legal form, said by both."""
    if {"city", "postal code"} & set(agreeing):
        return True
    same_form = bool(company.form) and company.form == prospect.form
    return same_form and ("state" in agreeing or not at.is_known)


def _places(at: Place, there: Place) -> tuple[bool, dict[str, str], list[str]]:
    """Whether they are in different states, what agrees, and what contradicts."""
    states = there.states | ({there.registered} if there.registered else frozenset())
    if at.countries and "US" not in at.countries:
        return True, {}, [f"the company is in {_words(at.countries)}, the prospect in the US"]
    if at.states and states and not at.states & states:
        return True, {}, [f"the company is in {_words(at.states)}, the prospect in {_words(states)}"]
    agreeing = {}
    if at.postal_codes & there.postal_codes:
        agreeing["postal code"] = f"the postal code agrees: {_words(at.postal_codes & there.postal_codes)}"
    if at.cities & there.cities:
        agreeing["city"] = f"the city agrees: {_words(at.cities & there.cities)}"
    if at.states & states:
        agreeing["state"] = f"the state agrees: {_words(at.states & states)}"
    against = []
    if not {"postal code", "city"} & set(agreeing):
        if at.cities and there.cities:
            against.append(f"the cities differ: {_words(at.cities)} and {_words(there.cities)}")
        elif at.postal_codes and there.postal_codes:
            against.append(f"the postal codes differ: {_words(at.postal_codes)} and {_words(there.postal_codes)}")
    return False, agreeing, against


def _names_reason(company: CompanyName, prospect: CompanyName, similarity: float) -> str:
    if company.core == prospect.core:
        return "the names agree without their legal forms"
    return f"the names are alike by {similarity:g} of 100: {company.core} and {prospect.core}"


def _words(values: frozenset[str]) -> str:
    return ", ".join(sorted(values)[:3])
