"""The liens of prospects as the scores see them."""

from collections import defaultdict
from collections.abc import Collection

from ..models import LienStatus
from ..scoring.prospect import LienFacts
from ..scoring.secured_parties import class_of_lien
from . import statements


def liens_of_prospects(prospects: Collection[int]) -> dict[int, dict[int, LienFacts]]:
    """prospects: primary keys. Liens by prospect and by lien; a prospect without liens is not in it."""
    found: dict[int, dict[int, LienFacts]] = defaultdict(dict)
    rows = statements.run(statements.LIENS_OF_PROSPECTS, {"prospects": list(prospects)})
    for prospect, lien, lien_type, status, filed_on, lapses_on, secured in rows:
        found[prospect][lien] = LienFacts(
            secured=class_of_lien(lien_type, secured),
            filed_on=filed_on,
            lapses_on=lapses_on,
            is_active=status == LienStatus.ACTIVE,
        )
    return found
