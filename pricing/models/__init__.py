"""The rows of pricing. What was published and what was computed is only ever added to."""

from .calculations import Calculation, CalculationItem, CalculationStep
from .contracts import Batch, BatchItem, Contract, ContractLine, ContractVersion
from .feeds import Provider, SeriesFeed
from .series import Frequency, Observation, Series, ValueImport
from .uploads import UploadPiece, UploadStatus, ValueUpload

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
    "Provider",
    "Series",
    "SeriesFeed",
    "UploadPiece",
    "UploadStatus",
    "ValueImport",
    "ValueUpload",
]
