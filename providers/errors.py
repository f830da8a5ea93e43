"""Why a source gave no answer: one class per cause, each with the class of error that jobs decide by.

`error_class`, `code` and `retry_after` are what `jobs.errors.classify_error` reads, so that a handler
lets these errors pass and the job retries, waits or fails as it should.
"""


class ProviderError(Exception):
    """A source gave no usable answer.

    provider: its name in providers/catalogue.py. retry_after: seconds it asks us to wait.
    status, body: of the answer, where one came; the body is cut short and never holds our key.
    """

    error_class = "API_ERROR"
    code = "provider_error"

    def __init__(
        self,
        message: str,
        *,
        provider: str,
        retry_after: float | None = None,
        status: int | None = None,
        body: str = "",
    ) -> None:
        super().__init__(message)
        self.provider = provider
        self.retry_after = retry_after
        self.status = status
        self.body = body


class NotConfigured(ProviderError):
    """The source is switched off, or lacks what it needs. Whoever configures Quarry must act."""

    code = "provider_not_configured"


class RateLimited(ProviderError):
    """The source's limit is reached. Waiting `retry_after` seconds helps."""

    error_class = "RATE_LIMIT"
    code = "provider_rate_limited"


class AuthError(ProviderError):
    """The source refuses the key, or what the key may do. Whoever configures Quarry must act."""

    code = "provider_refused_key"


class NotFound(ProviderError):
    """The source does not know what was asked for. Waiting cannot help."""

    code = "provider_not_found"


class Rejected(ProviderError):
    """The source calls the request wrong. Waiting cannot help."""

    error_class = "VALIDATION_ERROR"
    code = "provider_rejected"


class BadPayload(ProviderError):
    """The source answered something that is not what it documents. Waiting rarely helps."""

    code = "provider_bad_payload"


class Transient(ProviderError):
    """The source could not be reached, broke off, took too long or failed within. Waiting helps."""

    error_class = "NETWORK_ERROR"
    code = "provider_unavailable"


class CircuitOpen(Transient):
    """The source failed several times in a row and is left alone for `retry_after` seconds."""

    code = "provider_circuit_open"
