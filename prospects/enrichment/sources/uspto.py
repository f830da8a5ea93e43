"""USPTO: patents that a company has applied for and been granted."""

from providers import uspto
from providers.http import Client

from ... import facts
from ...facts import FactValue
from ...names import may_be_same
from ..adapter import source
from ..subjects import Business, Kind

MOST_KEPT = 50
WHERE = "https://data.uspto.gov/patent-file-wrapper/search/details/"


@source(uspto.NAME, Kind.PROSPECT, Kind.COMPANY, enough=lambda subject: bool(subject.name))
def tell(client: Client, subject: Business) -> list[FactValue]:
    found = uspto.patents(client, subject.name).patents
    own = [one for one in found if may_be_same(subject.name, one.applicant)]
    own.sort(key=lambda one: str(one.granted_on or one.filed_on or ""), reverse=True)
    if not own:
        return []
    where = WHERE + own[0].application_number
    return [FactValue(name=facts.PATENTS, value=[_shown(one) for one in own[:MOST_KEPT]], reference=where)]


def _shown(patent: uspto.Patent) -> dict[str, str | None]:
    return {
        "application": patent.application_number,
        "number": patent.patent_number or None,
        "title": patent.title,
        "filedOn": patent.filed_on.isoformat() if patent.filed_on else None,
        "grantedOn": patent.granted_on.isoformat() if patent.granted_on else None,
    }
