"""This app in Django admin, one module per subject. A model is registered by the module that is about it."""

from . import filings as filings
