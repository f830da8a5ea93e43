"""Sub-sectors of a sector: three to ten groups of the shares that are known, and of no others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from providers.llm.completing import complete
from providers.llm.protocol import Backend, OnText, Request, ignore

from ..exchanges import exchange
from ..grounding import numbers_in
from ..prompts import prompt
from . import rules_proposing
from .material import words
from .names import SUB_SECTORS
from .proposal_texts import MOST_GROUPS, DraftGroup, ProposalDraft, Share

#: Imported for the writer that it registers.
RULES = rules_proposing.write
_MOST_TOKENS = 3000
_MOST_NAME, _MOST_DESCRIPTION = 150, 1000


class NothingToPropose(ValueError):
    """No share of the sector is known. Importing shares helps; waiting does not."""

    error_class = "VALIDATION_ERROR"
    code = "no_shares_in_sector"


class ProposedSubSector(NamedTuple):
    """symbols: tickers that were given, each in one sub-sector only, in the order given."""

    name: str
    description: str
    symbols: list[str]


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """sub_sectors: at most ten, with different names. left_out: symbols that no sub-sector holds."""

    summary: str
    sub_sectors: list[ProposedSubSector]
    left_out: list[str]
    exchanges: list[dict[str, Any]]
    model: str


def propose(
    sector_name: str,
    groups: Mapping[str, Sequence[Share]],
    backend: Backend,
    on_text: OnText = ignore,
) -> Proposal:
    """groups: the known shares by the sub-sector they are filed under. Fewer than three groups stay fewer.

    A model may rename, merge and split groups. Symbols that were not given are dropped, and so are a symbol's second
    mention, groups without symbols, and numbers that nobody gave: rules describe such a group instead.
    Raises NothingToPropose, what the backend raises, and providers.llm.errors.NoValue.
    """
    given = {share.symbol: share for shares in groups.values() for share in shares}
    if not given:
        raise NothingToPropose(
            f"No shares of the sector {sector_name!r} are known. Import securities of this sector, then start it again."
        )
    done = complete(_request(sector_name, groups), ProposalDraft, backend=backend, on_text=on_text)
    kept = _kept(done.value.groups, given) or _kept(rules_proposing.groups(groups), given)
    placed = {symbol for group in kept for symbol in group.symbols}
    return Proposal(
        summary=_unnumbered(done.value.summary, rules_proposing.summary(sector_name, kept)),
        sub_sectors=kept,
        left_out=[symbol for symbol in given if symbol not in placed],
        exchanges=[exchange(call) for call in done.calls],
        model=done.model,
    )


def _request(sector_name: str, groups: Mapping[str, Sequence[Share]]) -> Request:
    listed = "\n".join(
        f"- {words(name)}: {', '.join(f'{words(share.symbol)} ({words(share.name)})' for share in shares)}"
        for name, shares in groups.items()
    )
    return Request(
        task=SUB_SECTORS,
        system=prompt("sub_sectors_system.v1"),
        prompt=prompt("sub_sectors.v1", sector=words(sector_name), groups=listed),
        schema=ProposalDraft,
        material={"sector": sector_name, "groups": groups},
        max_tokens=_MOST_TOKENS,
    )


def _kept(drafted: Sequence[DraftGroup], given: Mapping[str, Share]) -> list[ProposedSubSector]:
    placed: set[str] = set()
    named: set[str] = set()
    kept: list[ProposedSubSector] = []
    for group in drafted:
        name = " ".join(group.name.split())[:_MOST_NAME]
        asked = {symbol.strip().upper() for symbol in group.symbols}
        symbols = [symbol for symbol in given if symbol.upper() in asked and symbol not in placed]
        if not name or not symbols or name.casefold() in named or len(kept) == MOST_GROUPS:
            continue
        named.add(name.casefold())
        placed.update(symbols)
        told = rules_proposing.description([given[symbol] for symbol in symbols])
        description = _unnumbered(group.description, told)[:_MOST_DESCRIPTION]
        kept.append(ProposedSubSector(name, description, symbols))
    return kept


def _unnumbered(text: str, instead: str) -> str:
    """No number is among what was given, so none can be right."""
    return instead if numbers_in(text) or not text.strip() else text.strip()
