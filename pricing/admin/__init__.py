"""This app in Django admin, one module per subject."""

from . import calculations as calculations
from . import contracts as contracts
from . import series as series
