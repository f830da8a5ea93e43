"""The job that does nothing, for stock RQ."""


def noop() -> None:
    return None
