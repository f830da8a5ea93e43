"""Decimals: how they are read, computed, rounded and written."""

import decimal
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

#: Every operation uses this context, never the thread's: the digits must not depend on the caller.
#: 34 digits hold any product of two numbers of NUMERIC(20,8) that contracts are made of.
CONTEXT = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[decimal.DivisionByZero, decimal.InvalidOperation, decimal.Overflow],
)
#: As the database keeps values: NUMERIC(20,8).
WHOLE_DIGITS, DECIMAL_PLACES = 12, 8
HUNDRED = Decimal(100)
ONE = Decimal(1)

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


class RoundingMode(StrEnum):
    HALF_UP = "HALF_UP"
    HALF_EVEN = "HALF_EVEN"
    HALF_DOWN = "HALF_DOWN"
    UP = "UP"
    DOWN = "DOWN"
    CEILING = "CEILING"
    FLOOR = "FLOOR"


@dataclass(frozen=True, kw_only=True)
class Rounding:
    """places: decimal places kept, 0 to 12."""

    places: int
    mode: RoundingMode = RoundingMode.HALF_UP

    def of(self, value: Decimal) -> Decimal:
        # A whole part of more than 22 digits would not fit the context, and is no price.
        return value.quantize(Decimal(1).scaleb(-self.places), rounding=f"ROUND_{self.mode}", context=CONTEXT)

    def __str__(self) -> str:
        return f"{self.places} places, {self.mode}"


def parsed(text: str) -> Decimal:
    """A decimal with a point, such as "-12.50", that NUMERIC(20,8) holds. Raises ValueError saying why not."""
    if not _NUMBER.fullmatch(text):
        raise ValueError('must be a number with a decimal point, such as "72.50"')
    value = Decimal(text)
    if not fits(value):
        raise ValueError(f"must have at most {WHOLE_DIGITS} digits before and {DECIMAL_PLACES} after the point")
    return value


def fits(value: Decimal) -> bool:
    """Whether NUMERIC(20,8) holds the value to the last digit. False for NaN and infinities."""
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return False
    if value and value.adjusted() >= WHOLE_DIGITS:
        return False
    # Zeros at the end say nothing: 1.5000000000 fits.
    return exponent >= -DECIMAL_PLACES or not any(digits[len(digits) + exponent + DECIMAL_PLACES :]) or not value


def exact(value: Any) -> Decimal:
    """A number given by a person or a program, without losing a digit. Raises ValueError.

    Texts and whole numbers are taken as they are. A binary float is refused: 0.1 is none of them.
    """
    if isinstance(value, Decimal):
        if not fits(value):
            raise ValueError(f"must have at most {WHOLE_DIGITS} digits before and {DECIMAL_PLACES} after the point")
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return parsed(str(value))
    if isinstance(value, str):
        return parsed(value.strip())
    raise ValueError('must be written as a text, such as "0.45", so that no digit is lost')


def text(value: Decimal) -> str:
    """Digits as a person writes them: no exponent, zeros kept."""
    return format(value, "f")


def plain(value: Decimal) -> Decimal:
    """The same number without the zeros that a database column adds: 76.10000000 is 76.1."""
    short = value.normalize(CONTEXT)
    return short if short.as_tuple().exponent <= 0 else short.quantize(ONE, context=CONTEXT)  # type: ignore[operator]
