"""Why enrichment as a whole fails."""

from collections.abc import Sequence

from jobs.errors import RETRYABLE, ErrorClass, JobError, classify_error

from .answers import Answer


class EverySourceFailed(JobError):
    """Sources were asked, and none of them answered. Waiting helps where it helps with one of them."""

    code = "every_source_failed"

    def __init__(self, failures: Sequence[Answer]) -> None:
        said = "; ".join(f"{one.provider}: {one.message}" for one in failures)
        known = [classify_error(one.error) for one in failures if one.error]
        hopeful = [one for one in known if one.error_class in RETRYABLE]
        waits = [one.retry_after for one in hopeful if one.retry_after is not None]
        super().__init__(f"Every source failed. {said}", retry_after=min(waits, default=None))
        self.error_class = (hopeful or known)[0].error_class if known else ErrorClass.API_ERROR
