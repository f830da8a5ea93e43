"""A company's name taken apart: what it is called, and its legal form."""

from dataclasses import dataclass
from functools import lru_cache

from cleanco.clean import custom_basename, prepare_default_terms
from cleanco.termdata import terms_by_country

from ..names import name_key

#: Canada’s GP is left out: here a general partner is a company beside its partnership.
_HOME = ("United States of America", "United Kingdom")
#: Of the others only these: most are English words or initials as well (as, da, pt, private, unlimited).
_ABROAD = frozenset(
    {"GMBH", "AG", "KG", "GMBH AND CO KG", "SARL", "SAS", "SRL", "SPA", "BV", "NV", "PTY LTD", "PTE LTD", "OY", "AB"}
)
#: Forms that people leave out or add as they please, so that they tell nothing.
_LOOSE = frozenset({"", "CO"})
_SAME_FORM = {"LC": "LLC", "LTD CO": "LLC", "INCORPORATED": "INC", "CORPORATION": "CORP", "LIMITED": "LTD"}


@dataclass(frozen=True, kw_only=True)
class CompanyName:
    """core: without legal form, case and punctuation; empty for a name that is nothing but a form.

    sorted_core: its words in alphabetical order, to compare names whose words stand in another order.
    """

    core: str
    form: str
    sorted_core: str

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.core.split())

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset(word for word in self.words if any(letter.isdigit() for letter in word))

    def contradicts(self, other: "CompanyName") -> bool:
        """Whether both say a legal form, and not the same."""
        return self.form != other.form and self.form not in _LOOSE and other.form not in _LOOSE


@lru_cache(maxsize=65_536)
def company_name(name: str) -> CompanyName:
    words = name_key(name)
    core, form = words, ""
    # "SMITH AND SONS CO INC" has two forms; the last one is the legal one.
    while (shorter := custom_basename(core, _TERMS).strip()) and shorter != core:
        form = form or core[len(shorter) :].strip()
        core = shorter.upper()
    core = core.removesuffix(" AND") or words
    return CompanyName(
        core=core, form=_SAME_FORM.get(form, form.rpartition(" ")[2]), sorted_core=" ".join(sorted(core.split()))
    )


def _terms() -> list[tuple[int, list[str]]]:
    wanted = {_plain(term) for country in _HOME for term in terms_by_country[country]} | _ABROAD | _PROFESSIONS
    return [(size, parts) for size, parts in prepare_default_terms() if " ".join(parts).upper() in wanted] + [
        (1, [word.lower()]) for word in sorted(_PROFESSIONS)
    ]


def _plain(term: str) -> str:
    return " ".join(term.upper().replace(".", "").replace("&", "AND").split())


_PROFESSIONS = frozenset({"PC", "PA", "LC", "LTDA", "LLLP"})
_TERMS = _terms()
