"""People from a licensed provider, in the shape of People Data Labs.

linkedin.com itself is never called: the part of a profile's address behind /in/ is a key, by which a
licensed provider or the user's own file is asked. Answers hold personal data, so none is cached.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from .errors import AuthError, ProviderError, RateLimited, Rejected, Transient
from .http import Answer, Client
from .loose_json import mapping, text, texts, whole

NAME = "people-data-labs"
#: Of ten. Precision before recall: a wrong person's data are worse than none.
LEAST_LIKELIHOOD = 6

_SLUG = re.compile(r"[\w-]{3,100}")


@dataclass(frozen=True, kw_only=True)
class Person:
    """likelihood: 1 to 10, how sure the provider is that this is who was meant. What it lacks is empty.

    work_email: empty also where the contract does not cover addresses.
    """

    likelihood: int
    job_title: str
    employer: str
    work_email: str
    skills: tuple[str, ...]
    linkedin_slug: str
    location: str


def profile_slug(profile: str) -> str:
    """The key of a profile: what follows /in/, in lower case, without country, language and tracking.

    profile: an address, with or without https://. Raises ValueError with the sentence for its owner.
    """
    given = profile.strip()
    try:
        parts = urlsplit(given if "://" in given else f"https://{given}")
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        host = ""
    if host != "linkedin.com" and not host.endswith(".linkedin.com"):
        raise ValueError("must be an address on linkedin.com, such as https://www.linkedin.com/in/ada-kelm")
    pieces = [piece for piece in unquote(parts.path).split("/") if piece]
    slug = pieces[1].lower() if len(pieces) >= 2 and pieces[0].lower() == "in" else ""
    if not _SLUG.fullmatch(slug):
        raise ValueError("must be the address of a person's profile, such as https://www.linkedin.com/in/ada-kelm")
    return slug


def person(
    client: Client,
    *,
    linkedin_slug: str = "",
    email: str = "",
    name: str = "",
    company: str = "",
    least_likelihood: int = LEAST_LIKELIHOOD,
) -> Person | None:
    """The one person that fits what is known; None where the provider is not sure enough, or knows nobody.

    Needs a profile or an address, or a name together with a company; else raises Rejected without a call.
    A match costs a credit, no match costs none.
    """
    if not (linkedin_slug or email or (name and company)):
        raise Rejected(
            "A person is looked up by a LinkedIn profile, an e-mail address, or a name with a company.", provider=NAME
        )
    known = {
        "profile": f"linkedin.com/in/{linkedin_slug}" if linkedin_slug else "",
        "email": email,
        "name": name,
        "company": company,
    }
    params = {key: value for key, value in known.items() if value} | {"min_likelihood": least_likelihood}
    answer = client.get("/v5/person/enrich", params=params, empty=(404,))
    body = {} if answer.status == 404 else mapping(answer.json())
    if answer.status == 404 or whole(body.get("status")) == 404:
        return None
    _raise_for_inner(body, answer)
    found = _person(body, answer)
    return found if found.likelihood >= least_likelihood else None


def _raise_for_inner(body: dict[str, Any], answer: Answer) -> None:
    """The body repeats the status; where it says worse than HTTP did, it is believed."""
    status = whole(body.get("status"))
    if status is None or 200 <= status < 300:
        return
    known: dict[int, type[ProviderError]] = {401: AuthError, 402: AuthError, 403: AuthError, 429: RateLimited}
    kind = known.get(status) or (Transient if status >= 500 else Rejected)
    message = text(mapping(body.get("error")).get("message"), 200)
    raise kind(
        f"{answer.label} answered {status}." + (f" It says: {message}" if message else ""), provider=NAME, status=status
    )


def _person(body: dict[str, Any], answer: Answer) -> Person:
    data = body.get("data")
    likelihood = whole(body.get("likelihood"))
    if not isinstance(data, dict) or likelihood is None:
        raise answer.bad("it has no data or no likelihood")
    return Person(
        likelihood=likelihood,
        # Where the contract leaves a field out, it is `true` instead of a text.
        job_title=text(data.get("job_title"), 300),
        employer=text(data.get("job_company_name"), 300),
        work_email=text(data.get("work_email"), 254),
        skills=texts(data.get("skills"), 100),
        linkedin_slug=_slug_or_empty(text(data.get("linkedin_url"))),
        location=text(data.get("location_name"), 300),
    )


def _slug_or_empty(address: str) -> str:
    try:
        return profile_slug(address) if address else ""
    except ValueError:
        return ""
