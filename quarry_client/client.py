"""The client: one server, one token."""

from types import TracebackType
from typing import Self

from .transport import Transport
from .verbs.documents import DocumentVerbs
from .verbs.jobs import JobVerbs
from .verbs.queues import QueueVerbs

#: Seconds for each wait of one call: to connect, and for each piece of the answer.
TIMEOUT_SECONDS = 20.0
#: Seconds that a call is made again for, where that is safe and may help.
REPEAT_SECONDS = 30.0


class QuarryClient(JobVerbs, QueueVerbs, DocumentVerbs):
    """Talks to one Quarry server with one token. Safe to share between threads.

        with QuarryClient("https://quarry.example.com", token) as quarry:
            job = quarry.enqueue("ucc-ingestion", {"state": "NY"}, options=Options(job_id="ucc-NY-1"))
            print(quarry.result(job, timeout=300))

    timeout: seconds for each wait of one call. repeat_for: seconds that a call is made again for after a broken
    connection, 503 or 429, as the server's Retry-After says; reads, and writes that do the same when made twice.
    ca_file: certificates to trust in place of the system's; there is no way to trust all.

    Raises ValueError for what is no address or no token. Every verb raises QuarryError (quarry_client.errors).
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        timeout: float = TIMEOUT_SECONDS,
        repeat_for: float = REPEAT_SECONDS,
        ca_file: str | None = None,
    ) -> None:
        if timeout <= 0:
            raise ValueError("The timeout must be more than 0 seconds.")
        self._transport = Transport(
            base_url, token, timeout_seconds=timeout, repeat_seconds=repeat_for, ca_file=ca_file
        )

    @property
    def base_url(self) -> str:
        return str(self._transport.address)

    def close(self) -> None:
        """Close this thread's connection; the next call opens another one."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"QuarryClient({self.base_url!r})"
