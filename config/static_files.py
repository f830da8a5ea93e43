"""Which files of the installed packages are collected for browsers."""

from typing import ClassVar

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.compress import Compressor


class StaticFiles(StaticFilesConfig):
    #: Pages that no address leads to: another viewer of the API's reference, and the REST framework's own pages.
    ignore_patterns: ClassVar = [*StaticFilesConfig.ignore_patterns, "redoc", "rest_framework"]


#: Endings that gain nothing from being packed, and maps of sources, which only a developer's tools read.
NOT_PACKED = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
