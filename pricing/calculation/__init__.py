"""The arithmetic of price adjustment: pure, Decimal throughout, every step kept.

Nothing here knows of a database, a clock or a file: observations come through a Lookup, and the same
input gives the same digits on every machine.
"""

from .derivation import Derivation, Item, Prepared, prepare, price
from .errors import CannotPrice
from .numbers import Rounding, RoundingMode
from .observations import Frequency, Lookup, Observation
from .reading import Pricing
from .steps import Step
from .terms import Terms, WrongTerms, parse_terms, terms_json

__all__ = [
    "CannotPrice",
    "Derivation",
    "Frequency",
    "Item",
    "Lookup",
    "Observation",
    "Prepared",
    "Pricing",
    "Rounding",
    "RoundingMode",
    "Step",
    "Terms",
    "WrongTerms",
    "parse_terms",
    "prepare",
    "price",
    "terms_json",
]
