"""Hunter's e-mail verifier: a second opinion from a service that keeps its own record of mailboxes.

Source: Hunter API v2, email-verifier. It says 202 while it is still looking; no address is cached.
"""

from dataclasses import dataclass

from ..errors import Transient
from ..http import Client
from ..loose_json import flag, mapping, text, whole

NAME = "email-validation"
#: Seconds until an answer that was not ready may be.
_PAUSE_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Verification:
    """status: valid, invalid, accept_all, webmail, disposable or unknown. score: 0 to 100, None if not given.

    accepts_all: the domain takes mail for any mailbox, so that nothing is known of this one.
    """

    status: str
    score: int | None
    accepts_all: bool
    disposable: bool
    webmail: bool


def verify(client: Client, address: str) -> Verification:
    """What Hunter knows of an address. Raises Transient while it is still looking."""
    answer = client.get("/v2/email-verifier", params={"email": address})
    if answer.status == 202:
        raise Transient(
            "Hunter is still looking at the address; the job goes on after a pause.",
            provider=NAME,
            status=202,
            retry_after=_PAUSE_SECONDS,
        )
    data = mapping(mapping(answer.json()).get("data"))
    status = text(data.get("status")).lower()
    if not status:
        raise answer.bad("it has no data.status")
    return Verification(
        status=status,
        score=whole(data.get("score")),
        accepts_all=bool(flag(data.get("accept_all"))) or status == "accept_all",
        disposable=bool(flag(data.get("disposable"))) or status == "disposable",
        webmail=bool(flag(data.get("webmail"))) or status == "webmail",
    )
