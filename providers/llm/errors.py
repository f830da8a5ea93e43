"""What can go wrong with a model beside what can go wrong with any source."""

from typing import TYPE_CHECKING

from ..errors import ProviderError

if TYPE_CHECKING:
    from .completing import Call


class NoValue(ProviderError):
    """The model answered, twice, and no value came of it. `calls` hold what was said and must be paid."""

    def __init__(self, message: str, *, provider: str, calls: "tuple[Call, ...]") -> None:
        super().__init__(message, provider=provider)
        self.calls = calls


class UnusableAnswer(NoValue):
    """What the model said does not fit. Another try may do better."""

    error_class = "UNKNOWN"
    code = "unusable_answer"


class RefusedAnswer(NoValue):
    """The model refuses the question. Asking the same again cannot help."""

    code = "answer_refused"


class BudgetExhausted(ProviderError):
    """The organisation's monthly budget for models is used up."""

    code = "budget_exhausted"
