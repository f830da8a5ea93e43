"""Why a guarded request failed: one class per cause, each with a stable `code`."""


class OutboundError(Exception):
    """The request got no complete answer. `code` is a stable word; the message is for the URL's owner."""

    code = "outbound_error"


class UrlRefused(OutboundError):
    """The URL is of a kind that is never called, or leads to an address that is not public."""

    code = "url_refused"


class HostUnknown(OutboundError):
    """The host name has no address at the moment. Waiting may help."""

    code = "host_unknown"


class OutOfTime(OutboundError):
    """The whole exchange took longer than it may. Waiting may help."""

    code = "timed_out"


class ConnectionFailed(OutboundError):
    """The connection was refused, reset or closed too early. Waiting may help."""

    code = "connection_failed"


class BadCertificate(OutboundError):
    """The host's certificate does not prove its name. Its owner must act."""

    code = "bad_certificate"


class BadAnswer(OutboundError):
    """What came back is no HTTP answer, or its header is larger than it may be."""

    code = "bad_answer"
