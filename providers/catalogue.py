"""Every source that Quarry can ask, declared once: address, key, limit, licence.

Plain data without Django: config/source_settings.py reads the environment by it, and docs/sources.md
is tested against it.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class KeyUse(StrEnum):
    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `count` calls start in any rolling window of `seconds`, over all workers of all hosts."""

    count: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.count}/{self.seconds:g}"


@dataclass(frozen=True, kw_only=True)
class Source:
    """One outside source.

    name: lower case with hyphens; its environment variables are `<NAME>_BASE_URL` and so on.
    gives: what it is asked for, as the end of a sentence.
    key_in: where the key travels: `header:NAME`, `query:NAME`, `basic` (as the user name), or `body:NAME`, where
        the source's own module puts it.
    at_once: calls that may be under way at the same time over all hosts; None for any number.
    contact: environment variable whose value the source demands in the User-Agent.
    shares: the source whose limit and circuit this one counts towards.
    any_host: addresses come from users, so only public ones are called.
    kept: whether its terms let answers be kept for a while.
    """

    name: str
    label: str
    gives: str
    base_url: str
    documentation: str
    licence: str
    key: KeyUse = KeyUse.NONE
    key_in: str = ""
    limit: Limit | None = None
    at_once: int | None = None
    contact: str = ""
    shares: str = ""
    any_host: bool = False
    kept: bool = True

    @property
    def prefix(self) -> str:
        return self.name.upper().replace("-", "_")

    @property
    def budget(self) -> str:
        """Name under which limit and circuit are kept."""
        return self.shares or self.name


@dataclass(frozen=True, kw_only=True)
class SourceSettings:
    """What the environment says of one source."""

    base_url: str
    #: Never shown: settings are printed in many places.
    key: str = field(default="", repr=False)
    limit: Limit | None = None
    contact: str = ""


_US = "US government work, presumed public domain; name the agency."

_ALL = (
    Source(
        name="sec",
        label="SEC EDGAR",
        gives="filings and reported figures of US companies",
        base_url="https://data.sec.gov",
        documentation="https://www.sec.gov/search-filings/edgar-application-programming-interfaces",
        licence=_US,
        limit=Limit(count=10, seconds=1),
        contact="SEC_CONTACT",
    ),
    Source(
        name="sec-files",
        label="SEC EDGAR tickers",
        gives="the list of tickers and registrant numbers",
        base_url="https://www.sec.gov",
        documentation="https://www.sec.gov/search-filings/edgar-application-programming-interfaces",
        licence=_US,
        limit=Limit(count=10, seconds=1),
        contact="SEC_CONTACT",
        shares="sec",
    ),
    Source(
        name="osha",
        label="OSHA enforcement data",
        gives="workplace inspections and violations",
        base_url="https://apiprod.dol.gov/v4",
        documentation="https://dataportal.dol.gov/",
        licence=_US,
        key=KeyUse.REQUIRED,
        key_in="query:X-API-KEY",
        # No rate is published; 429 was seen after bursts of 50 to 60.
        limit=Limit(count=20, seconds=60),
    ),
    Source(
        name="uspto",
        label="USPTO Open Data Portal",
        gives="patent applications and grants",
        base_url="https://api.uspto.gov",
        documentation="https://data.uspto.gov/apis/getting-started",
        licence=_US,
        key=KeyUse.REQUIRED,
        key_in="header:X-API-KEY",
        limit=Limit(count=1, seconds=1),
        at_once=1,
    ),
    Source(
        name="census",
        label="US Census Bureau",
        gives="establishments, employees and payroll by place and industry",
        base_url="https://api.census.gov",
        documentation="https://www.census.gov/data/developers/data-sets/cbp-zbp/cbp-api.html",
        licence="US government work; state that the product is not endorsed by the Census Bureau.",
        key=KeyUse.REQUIRED,
        key_in="query:key",
        limit=Limit(count=5, seconds=1),
    ),
    Source(
        name="sam",
        label="SAM.gov",
        gives="registered entities, contract awards and opportunities",
        base_url="https://api.sam.gov",
        documentation="https://open.gsa.gov/api/",
        licence=_US,
        key=KeyUse.REQUIRED,
        key_in="query:api_key",
        # A key without a role has ten calls a day; with a role a thousand.
        limit=Limit(count=10, seconds=86_400),
    ),
    Source(
        name="usaspending",
        label="USAspending",
        gives="federal contract awards",
        base_url="https://api.usaspending.gov",
        documentation="https://api.usaspending.gov/docs/endpoints",
        licence=_US,
        limit=Limit(count=5, seconds=1),
    ),
    Source(
        name="companies-house",
        label="Companies House",
        gives="companies of the United Kingdom, their officers, charges and accounts",
        base_url="https://api.company-information.service.gov.uk",
        documentation="https://developer-specs.company-information.service.gov.uk/",
        licence="Free to use again; name Companies House.",
        key=KeyUse.REQUIRED,
        key_in="basic",
        limit=Limit(count=600, seconds=300),
    ),
    Source(
        name="google-places",
        label="Google Places",
        gives="places of business, their sites and ratings",
        base_url="https://places.googleapis.com",
        documentation="https://developers.google.com/maps/documentation/places/web-service/text-search",
        licence="Google Maps Platform terms: only place IDs may be kept.",
        kept=False,
        key=KeyUse.REQUIRED,
        key_in="header:X-Goog-Api-Key",
        limit=Limit(count=10, seconds=1),
    ),
    Source(
        name="wikidata",
        label="Wikidata",
        gives="sites, headquarters, industries and sizes of well-known companies",
        base_url="https://query.wikidata.org",
        documentation="https://www.wikidata.org/wiki/Wikidata:SPARQL_query_service",
        licence="CC0.",
        limit=Limit(count=2, seconds=1),
    ),
    Source(
        name="people-data-labs",
        label="People Data Labs",
        gives="positions and work addresses of contacts",
        base_url="https://api.peopledatalabs.com",
        documentation="https://docs.peopledatalabs.com/docs/person-enrichment-api",
        licence="Licensed data: your contract with the provider decides.",
        key=KeyUse.REQUIRED,
        key_in="header:X-Api-Key",
        limit=Limit(count=60, seconds=60),
    ),
    Source(
        name="email-validation",
        label="E-mail validation",
        gives="whether addresses can receive mail",
        base_url="https://api.hunter.io",
        documentation="https://hunter.io/api-documentation/v2#email-verifier",
        licence="With a key: Hunter's terms. Without one only DNS is asked.",
        key=KeyUse.OPTIONAL,
        key_in="query:api_key",
        limit=Limit(count=5, seconds=1),
    ),
    Source(
        name="gdelt",
        label="GDELT",
        gives="news articles from all over the world",
        base_url="https://api.gdeltproject.org",
        documentation="https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/",
        licence="Free to use; name the GDELT Project and link to it.",
        limit=Limit(count=1, seconds=5),
    ),
    Source(
        name="rss",
        label="RSS and Atom feeds",
        gives="news from feeds that users name",
        base_url="",
        documentation="https://www.rssboard.org/rss-specification",
        licence="Each feed's own terms.",
        limit=Limit(count=5, seconds=1),
        any_host=True,
    ),
    Source(
        name="ucc-colorado",
        label="Colorado UCC filings",
        gives="UCC filings of Colorado",
        base_url="https://data.colorado.gov",
        documentation="https://data.colorado.gov/resource/wffy-3uut",
        licence="Open data of the state; its terms are unverified.",
        key=KeyUse.OPTIONAL,
        key_in="header:X-App-Token",
        limit=Limit(count=4, seconds=1),
    ),
    Source(
        name="ucc-connecticut",
        label="Connecticut UCC filings",
        gives="UCC filings of Connecticut",
        base_url="https://data.ct.gov",
        documentation="https://data.ct.gov/resource/xfev-8smz",
        licence="Open data of the state; its terms are unverified.",
        key=KeyUse.OPTIONAL,
        key_in="header:X-App-Token",
        limit=Limit(count=4, seconds=1),
    ),
    Source(
        name="ucc-oregon",
        label="Oregon UCC filings",
        gives="UCC filings of Oregon's last month",
        base_url="https://data.oregon.gov",
        documentation="https://data.oregon.gov/resource/snfi-f79b",
        licence="Open data of the state; its terms are unverified.",
        key=KeyUse.OPTIONAL,
        key_in="header:X-App-Token",
        limit=Limit(count=4, seconds=1),
    ),
    Source(
        name="eia",
        label="US Energy Information Administration",
        gives="prices and volumes of energy",
        base_url="https://api.eia.gov",
        documentation="https://www.eia.gov/opendata/documentation.php",
        licence="US government work; cite the EIA and the date of publication.",
        key=KeyUse.REQUIRED,
        key_in="query:api_key",
        limit=Limit(count=5, seconds=2),
    ),
    Source(
        name="fred",
        label="FRED, Federal Reserve Bank of St. Louis",
        gives="economic series with their vintages",
        base_url="https://api.stlouisfed.org",
        documentation="https://fred.stlouisfed.org/docs/api/fred/series_observations.html",
        licence="Some series are copyrighted by their owners: check each before use. Not endorsed by the bank.",
        key=KeyUse.REQUIRED,
        key_in="query:api_key",
        limit=Limit(count=100, seconds=60),
    ),
    Source(
        name="bls",
        label="US Bureau of Labor Statistics",
        gives="producer and consumer prices and employment costs",
        base_url="https://api.bls.gov",
        documentation="https://www.bls.gov/developers/api_signature_v2.htm",
        licence="US government work; the BLS cannot vouch for the data or analyses derived from them.",
        key=KeyUse.OPTIONAL,
        # Part of the question itself: providers/bls.py puts it there.
        key_in="body:registrationkey",
        limit=Limit(count=25, seconds=86400),
    ),
)

#: By name, in the order they are shown.
SOURCES = {source.name: source for source in _ALL}
