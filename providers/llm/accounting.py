"""Every question booked to an organisation, within its monthly budget.

The budget is held by reservation: what a question may cost at most is booked before it is asked, and replaced by
what it did cost. Questions asked at the same moment cannot spend the same dollars.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction
from django.db.models import DecimalField, Sum
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from ..errors import NotConfigured, ProviderError
from ..http.database import release
from . import months
from .errors import BudgetExhausted
from .models import ModelBudget, ModelCall, ModelPrice
from .protocol import Answer, Backend, OnText, Request, Usage, ignore

_MILLION = Decimal(1_000_000)
#: Characters of a prompt for which a token is reserved: fewer than in any language's average, to be safe.
_CHARACTERS_PER_TOKEN = 3
_PLACES = Decimal("0.00000001")


@dataclass(frozen=True, kw_only=True)
class Accounted:
    """A backend whose questions are booked. job_id: of the job that asks."""

    backend: Backend
    model: str
    tenant_id: str
    job_id: str

    @property
    def name(self) -> str:
        return self.backend.name

    @property
    def is_rule_based(self) -> bool:
        return self.backend.is_rule_based

    def answer(self, request: Request, *, on_text: OnText = ignore) -> Answer:
        """Raises BudgetExhausted, NotConfigured where a budget cannot be kept, and what the backend raises."""
        with _connection_given_back():
            call = self._reserve(request)
        try:
            answer = self.backend.answer(request, on_text=on_text)
        except ProviderError as error:
            self._book(call, error=str(error)[:500])
            raise
        except BaseException as error:  # a stop, too, leaves its reservation: what was asked is paid
            self._book(call, error=type(error).__name__, keep_reserved=True)
            raise
        self._book(call, usage=answer.usage, model=answer.model)
        return answer

    def _reserve(self, request: Request) -> ModelCall:
        month = timezone.now().astimezone(UTC).date().replace(day=1)
        price, budget = price_of(self.model), budget_of(self.tenant_id)
        if budget is not None and price is None:
            raise NotConfigured(
                f"{self.model} has no price, so the budget of {budget} USD cannot be kept; "
                "add its price in admin under Model prices.",
                provider=self.name,
            )
        most = _most(request, price)
        with transaction.atomic():
            if budget is not None:
                self._check(budget, most, month)
            return ModelCall.objects.create(
                tenant_id=self.tenant_id,
                month=month,
                job_id=self.job_id,
                task=request.task,
                backend=self.name,
                model=self.model,
                reserved=most,
            )

    def _check(self, budget: Decimal, most: Decimal, month: date) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"model-budget:{self.tenant_id}"])
        spent = spent_in(self.tenant_id, month)
        if spent + most > budget:
            raise BudgetExhausted(
                f"The month's budget for models, {budget} USD, does not suffice: {spent:.4f} are spent or reserved, "
                f"this question may cost {most:.4f}. Raise it in admin under Model budgets, or wait for next month.",
                provider=self.name,
            )

    def _book(
        self,
        call: ModelCall,
        *,
        usage: Usage | None = None,
        model: str = "",
        error: str = "",
        keep_reserved: bool = False,
    ) -> None:
        spent = usage or Usage()
        cost = call.reserved if keep_reserved else cost_of(spent, price_of(self.model))
        with _connection_given_back(), transaction.atomic():
            ended = ModelCall.objects.filter(pk=call.pk, ended_at=None).update(
                model=model or call.model,
                cost=cost,
                reserved=0,
                input_tokens=spent.input_tokens,
                cached_tokens=spent.cached_tokens,
                output_tokens=spent.output_tokens,
                error=error,
                ended_at=Now(),
            )
            if ended:
                months.add(call, model=model or call.model, usage=spent, cost=cost, failed=bool(error))


def price_of(model: str) -> ModelPrice | None:
    """The price that holds today."""
    today = timezone.now().astimezone(UTC).date()
    return ModelPrice.objects.filter(model=model, valid_from__lte=today).order_by("-valid_from").first()


def budget_of(tenant_id: str) -> Decimal | None:
    """US dollars a month; None for no limit."""
    own = ModelBudget.objects.filter(tenant_id=tenant_id).values_list("monthly_usd", flat=True).first()
    return own if own is not None else settings.LLM_MONTHLY_BUDGET_USD


def spent_in(tenant_id: str, month: date) -> Decimal:
    """US dollars spent or reserved."""
    calls = ModelCall.objects.filter(tenant_id=tenant_id, month=month)
    money: DecimalField[Decimal, Decimal] = DecimalField(max_digits=20, decimal_places=8)
    total = calls.aggregate(total=Sum(Coalesce("cost", "reserved"), output_field=money))["total"]
    return total or Decimal()


def cost_of_job(job_id: str) -> Decimal | None:
    """US dollars of all questions of a job as far as they are known; None where no price is."""
    total: Decimal | None = ModelCall.objects.filter(job_id=job_id).aggregate(total=Sum("cost"))["total"]
    return total


def cost_of(usage: Usage, price: ModelPrice | None) -> Decimal | None:
    """US dollars: what the other side states, else tokens times price; None without either."""
    if usage.stated_cost is not None:
        return usage.stated_cost.quantize(_PLACES)
    if price is None:
        return None
    cached_price = price.input_price if price.cached_input_price is None else price.cached_input_price
    fresh = usage.input_tokens - usage.cached_tokens
    total = fresh * price.input_price + usage.cached_tokens * cached_price + usage.output_tokens * price.output_price
    return (total / _MILLION).quantize(_PLACES)


def _most(request: Request, price: ModelPrice | None) -> Decimal:
    if price is None:
        return Decimal()
    read = -(-len(request.system + request.prompt) // _CHARACTERS_PER_TOKEN)
    total = read * price.input_price + request.max_tokens * price.output_price
    return (total / _MILLION).quantize(_PLACES)


@contextmanager
def _connection_given_back() -> Iterator[None]:
    """Questions are asked in threads of their own, whose connections nobody else would close."""
    try:
        yield
    finally:
        release()
