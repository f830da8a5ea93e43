"""The rows of pricing. What was published and what was computed is only ever added to."""

from .calculations import Calculation, CalculationItem, CalculationStep
from .contracts import Batch, BatchItem, Contract, ContractLine, ContractVersion
from .series import Frequency, Observation, Series, ValueImport

__all__ = [
    "Batch",
    "BatchItem",
    "Calculation",
    "CalculationItem",
    "CalculationStep",
    "Contract",
    "ContractLine",
    "ContractVersion",
    "Frequency",
    "Observation",
    "Series",
    "ValueImport",
]
