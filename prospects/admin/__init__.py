"""This app in Django admin, one module per subject. A model is registered by the module that is about it."""

from . import companies as companies
from . import facts as facts
from . import filings as filings
from . import lists as lists
from . import scores as scores
from . import signals as signals
