"""An article as every source of news gives it, and when two of them are the same story."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

#: Within this time the same title is the same story; later it is a title used again.
SAME_STORY_WITHIN = timedelta(hours=72)

_TRACKING = frozenset(
    "_ga _gl _hsenc _hsmi _openstat cid cmp cmpid dclid ecid efid fbclid fb_action_ids gaa_at gaa_n gaa_sig gaa_ts "
    "gad_source gbraid gclid gclsrc guccounter guce_referrer guce_referrer_sig icid igsh igshid ito li_fat_id mbid "
    "mc_cid mc_eid mkt_tok msclkid mod ncid ns_campaign ns_mchannel ns_source ocid oly_anon_id oly_enc_id partner "
    "rb_clickid ref ref_src ref_url referrer rss s_cid s_kwcid share_id sh smid smtyp soc_src soc_trk spm sr_share "
    "srnd taid taboola tblci traffic_source trk trkcampaign ttclid twclid vero_conv vero_id wbraid wickedid wt.mc_id "
    "wt_mc xtor yclid".split()
)
_TRACKING_PREFIXES = ("utm_", "at_", "hsa_", "pk_", "mtm_", "matomo_", "piwik_", "itm_", "stm_", "vgo_")
_PORTS = {"http": 80, "https": 443}
_NOT_WORDS = re.compile(r"[\W_]+")
_TAIL = re.compile(r"\s+[-–—|•:]\s+([^-–—|•:]{2,60})$")


@dataclass(frozen=True, kw_only=True)
class Article:
    """One article.

    url: as the source gives it, to open. canonical_url: to compare, see `canonical_url`.
    published_at: aware, UTC; for GDELT when it was first seen; None where the source does not say.
    domain: of the url, without www. language: such as `en`; empty where unknown.
    source: name of the publisher where it is given, else the domain.
    """

    url: str
    canonical_url: str
    title: str
    published_at: datetime | None
    domain: str
    language: str
    source: str


def canonical_url(url: str) -> str:
    """The address to compare by: without tracking, fragment, www., port, final slash, http or https.

    It need not lead anywhere. Raises ValueError for what is no http(s) address.
    """
    parts = urlsplit(url.strip())
    port = parts.port
    if parts.scheme.lower() not in _PORTS or not parts.hostname:
        raise ValueError("an article's address starts with http:// or https://")
    host = parts.hostname.rstrip(".").removeprefix("www.")
    if port and port != _PORTS[parts.scheme.lower()]:
        host = f"{host}:{port}"
    query = sorted((key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _tracks(key))
    return urlunsplit(("https", host, parts.path.rstrip("/"), urlencode(query), ""))


def domain_of(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".").removeprefix("www.")


def title_key(article: Article) -> str:
    """What of a title is compared: words without case, accents, punctuation and the publisher's name at its end."""
    title = article.title.strip()
    tail = _TAIL.search(title)
    if tail and _names_publisher(tail[1], article):
        title = title[: tail.start()]
    return _words(title)


def distinct(articles: Iterable[Article]) -> list[Article]:
    """One article per story, the earliest, newest first.

    The same canonical address is the same story; so is the same title within 72 hours, or at a time
    nobody knows. A title of one or two words ("Press release") counts within one domain only.
    """
    kept: list[Article] = []
    addresses: set[str] = set()
    titles: dict[str, list[Article]] = {}
    for article in sorted(articles, key=_oldest_first):
        key = _title_identity(article)
        same_title = titles.setdefault(key, []) if key else []
        if article.canonical_url in addresses or any(_near(article, other) for other in same_title):
            continue
        addresses.add(article.canonical_url)
        same_title.append(article)
        kept.append(article)
    dated = [article for article in kept if article.published_at]
    return dated[::-1] + [article for article in kept if not article.published_at]


def _oldest_first(article: Article) -> tuple[bool, float, str, str]:
    at = article.published_at
    # The address last, so that the same articles in another order give the same answer.
    return at is None, at.timestamp() if at else 0.0, article.canonical_url, article.url


def _title_identity(article: Article) -> str:
    key = title_key(article)
    return key if key.count(" ") >= 2 else f"{article.domain} {key}" if key else ""


def _near(one: Article, other: Article) -> bool:
    if one.published_at is None or other.published_at is None:
        return True
    return abs(one.published_at - other.published_at) <= SAME_STORY_WITHIN


def _tracks(parameter: str) -> bool:
    name = parameter.lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _names_publisher(tail: str, article: Article) -> bool:
    named = _words(tail).replace(" ", "")
    publisher = _words(article.source).replace(" ", "")
    return bool(named) and named in {publisher, *_names_in(article.domain)}


def _names_in(domain: str) -> set[str]:
    """reuters.com -> reuters, reuterscom; uk.reuters.com likewise."""
    labels = [_words(label).replace(" ", "") for label in domain.split(".")]
    return {*labels[:-1], "".join(labels), "".join(labels[-2:])}


def _words(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _NOT_WORDS.sub(" ", "".join(char for char in plain if not unicodedata.combining(char))).strip()
