"""Which files of the installed packages are collected for browsers."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.compress import Compressor


class StaticFiles(StaticFilesConfig):
    #: Pages that no address leads to: another viewer of the API's reference, and the REST framework's own pages.
    # Django and its stubs have it as a value of each instance.
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "redoc", "rest_framework"]  # noqa: RUF012


#: Endings that gain nothing from being packed, and maps of sources, which only a developer's tools read.
NOT_PACKED = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
