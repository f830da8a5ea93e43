"""What is known of a share, as sentences with numbers. Pure: from fundamentals and a place in a ranking."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from .factors import (
    GROWTH_YEARS,
    FiscalYear,
    Fundamentals,
    Known,
    combined,
    enterprise_value,
    factors_of,
    market_value,
    zone,
)
from .piotroski import piotroski

#: Years of revenue that are told.
MOST_YEARS = 8
FACTOR_WORDS = {
    "value": "operating profit by enterprise value",
    "quality": "return on invested capital",
    "growth": f"revenue growth a year over {GROWTH_YEARS} years",
    "momentum": "price change from twelve months to one month ago",
    "safety": "Altman Z″",
}
_ZONES = {"safe": "the safe zone", "grey": "the grey zone", "distress": "the distress zone"}
_BILLION, _MILLION = Decimal(10) ** 9, Decimal(10) ** 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """value: the number of the text, with the sign that its words may stand for; None without. keys: its rows."""

    topic: str
    text: str
    value: str | None = None
    unit: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A share's place among its peers. factors: as Stock.factors keeps them; medians: of the ranked peers."""

    group: str
    rank: int
    of: int
    composite: Decimal
    coverage: Decimal
    factors: Mapping[str, Mapping[str, Any]]
    medians: Mapping[str, Decimal]


def sentences_of(name: str, currency: str, fundamentals: Fundamentals, place: Place) -> Iterator[Sentence]:
    """name: how the share is called in every sentence, so that each stands for itself."""
    teller = _Teller(name=name, currency=currency, f=fundamentals)
    yield from teller.revenue()
    yield from teller.growth()
    yield from teller.returns()
    yield from teller.margins()
    yield from teller.balance()
    yield from teller.worth()
    yield from teller.safety()
    yield from teller.prices()
    yield from _ranking(name, place)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Teller:
    name: str
    currency: str
    f: Fundamentals

    def revenue(self) -> Iterator[Sentence]:
        for year in self.f.years[:MOST_YEARS]:
            if year.revenue:
                yield self._amount("revenue", f"{self.name} had revenue of {{}}", year.revenue, year)

    def growth(self) -> Iterator[Sentence]:
        latest, before = self.f.latest, self.f.years_before(1)
        if latest and before and latest.revenue and before.revenue and before.revenue.value > 0:
            change = combined(latest.revenue.value / before.revenue.value - 1, (latest.revenue, before.revenue))
            yield self._change("growth", "Revenue of {name} {verb} by {} in the fiscal year to {end}.", change, latest)
        growth = factors_of(self.f)["growth"]
        if latest and growth.value is not None:
            known = Known(value=growth.value, facts=growth.facts)
            text = "Revenue of {name} {verb} by {} a year on average over the three fiscal years to {end}."
            yield self._change("growth", text, known, latest)

    def margins(self) -> Iterator[Sentence]:
        latest, before = self.f.latest, self.f.years_before(1)
        if latest:
            yield from self._margin("Gross", latest.gross_profit, latest)
            yield from self._margin("Operating", latest.ebit, latest)
            yield from self._margin("Net", latest.net_income, latest)
        if before:
            yield from self._margin("Operating", before.ebit, before)

    def _margin(self, words: str, part: Known | None, year: FiscalYear) -> Iterator[Sentence]:
        if part and year.revenue and year.revenue.value > 0:
            margin = combined(part.value / year.revenue.value, (part, year.revenue))
            text = f"{words} margin of {self.name} was {{}} in the fiscal year to {year.end}."
            yield _share("margin", text, margin)

    def returns(self) -> Iterator[Sentence]:
        year = self.f.latest
        if year and year.ebit:
            word = "profit" if year.ebit.value >= 0 else "loss"
            yield self._amount("profit", f"{self.name} had an operating {word} of {{}}", year.ebit, year)
        if year and year.operating_cash_flow:
            verb = "brought" if year.operating_cash_flow.value >= 0 else "used"
            text = f"Operations of {self.name} {verb} cash of {{}}"
            yield self._amount("cash-flow", text, year.operating_cash_flow, year)
        quality = factors_of(self.f)["quality"]
        if year and quality.value is not None:
            text = f"Return on invested capital of {self.name} was {{}} after tax in the fiscal year to {year.end}."
            yield _share("quality", text, Known(value=quality.value, facts=quality.facts))

    def balance(self) -> Iterator[Sentence]:
        year = self.f.latest
        if not year:
            return
        if year.debt and year.debt.value:
            yield self._amount("debt", f"{self.name} owed debt of {{}}", year.debt, year, at=True)
        elif year.debt:
            yield Sentence(
                topic="debt",
                text=f"{self.name} reported neither debt nor interest in the fiscal year to {year.end}.",
            )
        if year.cash:
            yield self._amount(
                "cash", f"{self.name} held cash and short-term investments of {{}}", year.cash, year, at=True
            )
        if year.current_assets and year.current_liabilities and year.current_liabilities.value > 0:
            parts = (year.current_assets, year.current_liabilities)
            ratio = _shown(year.current_assets.value / year.current_liabilities.value, 2)
            text = f"Current assets of {self.name} were {ratio} times its current liabilities on {year.end}."
            yield Sentence(topic="liquidity", text=text, value=ratio, unit="times", keys=_keys(*parts))

    def worth(self) -> Iterator[Sentence]:
        market, whole = market_value(self.f), enterprise_value(self.f)
        if market.value is not None:
            text = f"The shares of {self.name} were worth {{}} at the newest price."
            yield _money("valuation", text, market.value, self.currency, market.facts)
        if whole.value is not None:
            text = f"The enterprise value of {self.name}, shares and debt less cash, was {{}} at the newest price."
            yield _money("valuation", text, whole.value, self.currency, whole.facts)
        value = factors_of(self.f)["value"]
        if value.value is not None:
            text = f"Operating profit of {self.name} was {{}} of its enterprise value."
            yield _share("value", text, Known(value=value.value, facts=value.facts))

    def safety(self) -> Iterator[Sentence]:
        year, factor = self.f.latest, factors_of(self.f)["safety"]
        if year and factor.value is not None:
            shown, where = _shown(factor.value, 2), _ZONES[zone(factor.value)]
            text = f"Altman Z″ of {self.name} was {shown} on {year.end}, in {where}."
            yield Sentence(topic="safety", text=text, value=shown, keys=factor.facts)
        score = piotroski(self.f)
        if year and score and score.known >= 5:
            text = (
                f"{self.name} passed {score.passed} of the {score.known} tests of Piotroski that can be computed "
                f"for the fiscal year to {year.end}."
            )
            yield Sentence(topic="piotroski", text=text, value=str(score.passed), unit="tests", keys=score.facts)

    def prices(self) -> Iterator[Sentence]:
        if self.f.price:
            shown = _shown(self.f.price.value, 2)
            text = f"The newest closing price of {self.name} was {shown} {self.currency}."
            yield Sentence(topic="price", text=text, value=shown, unit=self.currency, keys=self.f.price.facts)
        momentum = factors_of(self.f)["momentum"]
        if momentum.value is not None:
            verb = "rose" if momentum.value >= 0 else "fell"
            text = f"From twelve months to one month before the newest price, the price of {self.name} {verb} by {{}}."
            yield _share("momentum", text, Known(value=momentum.value, facts=momentum.facts), signed=False)

    def _amount(self, topic: str, text: str, number: Known, year: FiscalYear, *, at: bool = False) -> Sentence:
        when = f"on {year.end}" if at else f"in the fiscal year to {year.end}"
        return _money(topic, f"{text} {when}.", number.value, self.currency, number.facts)

    def _change(self, topic: str, text: str, change: Known, year: FiscalYear) -> Sentence:
        verb = "grew" if change.value >= 0 else "fell"
        said = text.format("{}", name=self.name, verb=verb, end=year.end)
        return _share(topic, said, change, signed=False)


def _ranking(name: str, place: Place) -> Iterator[Sentence]:
    composite = _shown(place.composite, 3)
    yield Sentence(
        topic="rank",
        text=f"{name} ranks {place.rank} of {place.of} peers in {place.group}.",
        value=str(place.rank),
    )
    yield Sentence(topic="rank", text=f"The composite of {name} is {composite} of 100.", value=composite, unit="of 100")
    if place.coverage < 1:
        text = f"{{}} of the weights of the composite of {name} are known."
        yield _share("rank", text, Known(value=place.coverage))
    for factor, words in FACTOR_WORDS.items():
        yield from _factor(name, factor, words, place)


def _factor(name: str, factor: str, words: str, place: Place) -> Iterator[Sentence]:
    stored, median = place.factors.get(factor, {}), place.medians.get(factor)
    if stored.get("percentile") is None:
        missing = stored.get("missing") or "it is not known"
        yield Sentence(topic="gap", text=f"The {words} of {name} cannot be computed: {missing}.")
    else:
        shown = _shown(Decimal(stored["percentile"]), 1)
        text = f"By {words}, {name} stands at percentile {shown} of its peers."
        yield Sentence(topic="percentile", text=text, value=shown, unit="percentile", keys=tuple(stored["facts"]))
    if median is not None:
        shown = _shown(median, 2) if factor == "safety" else _shown(median * 100, 1)
        unit = "" if factor == "safety" else "%"
        text = f"The median {words} of the ranked peers in {place.group} is {shown}{' %' if unit else ''}."
        yield Sentence(topic="peers", text=text, value=shown, unit=unit)


def _money(topic: str, text: str, amount: Decimal, currency: str, keys: tuple[str, ...]) -> Sentence:
    """The sign is in the words, such as loss, and in the value."""
    scale, word, places = (_BILLION, "billion", 2) if abs(amount) >= _BILLION else (_MILLION, "million", 1)
    unit = f"{word} {currency}"
    shown = _shown(abs(amount) / scale, places)
    return Sentence(
        topic=topic, text=text.format(f"{shown} {unit}"), value=_shown(amount / scale, places), unit=unit, keys=keys
    )


def _share(topic: str, text: str, share: Known, *, signed: bool = True) -> Sentence:
    """signed: where the words do not say it, as in `fell by`."""
    value = _shown(share.value * 100, 1)
    shown = value if signed else value.removeprefix("-")
    return Sentence(topic=topic, text=text.format(f"{shown} %"), value=value, unit="%", keys=share.facts)


def _shown(number: Decimal, places: int) -> str:
    """Without thousands separators; never -0.0."""
    with localcontext(prec=60):
        return format(number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) + 0, "f")


def _keys(*parts: Known) -> tuple[str, ...]:
    return combined(Decimal(), parts).facts
