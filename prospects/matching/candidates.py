"""Which companies a prospect may be, without comparing all with all."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from .company_names import CompanyName, company_name
from .comparing import LEAST_SIMILARITY

#: Companies looked at per prospect and block, the most alike first.
MOST_PER_BLOCK = 10


@dataclass(kw_only=True)
class _Block:
    keys: list[int] = field(default_factory=list)
    cores: list[str] = field(default_factory=list)
    sorted_cores: list[str] = field(default_factory=list)


class Companies:
    """An index over the names of a tenant's companies; prospects pass by it one at a time.

    Names share a block if their first words begin with the same four letters, or with the same letter while
    the last words are the same, or if the word of theirs that the alphabet has first is the same: a slip in one
    of them is forgiven, and in all is not. The last word alone would put a tenth of all companies, those that
    end in Services, into one block.
    """

    def __init__(self, names: Iterable[tuple[int, str]]) -> None:
        self.names: dict[int, CompanyName] = {}
        self._blocks: dict[str, _Block] = defaultdict(_Block)
        for key, text in names:
            name = company_name(text)
            self.names[key] = name
            for where in _blocks_of(name):
                block = self._blocks[where]
                block.keys.append(key)
                block.cores.append(name.core)
                block.sorted_cores.append(name.sorted_core)

    def like(self, name: CompanyName) -> set[int]:
        """Keys of the companies whose names are alike enough to be judged."""
        found: set[int] = set()
        for where in _blocks_of(name):
            block = self._blocks.get(where)
            if block is not None:
                found.update(_alike(name.core, block.cores, block.keys))
                found.update(_alike(name.sorted_core, block.sorted_cores, block.keys))
        return found


def _alike(text: str, choices: list[str], keys: list[int]) -> Iterator[int]:
    hits = process.extract(text, choices, scorer=fuzz.ratio, score_cutoff=LEAST_SIMILARITY, limit=MOST_PER_BLOCK)
    return (keys[at] for _, _, at in hits)


def _blocks_of(name: CompanyName) -> set[str]:
    words = name.words
    if not words:
        return set()
    # Short words, such as AND, say nothing.
    first = min((word for word in words if len(word) > 3), default=words[0])
    return {f"<{words[0][:4]}", f"{words[0][:1]}>{words[-1]}", f"~{first}"}
