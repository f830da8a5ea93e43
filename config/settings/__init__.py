"""Every setting of Quarry, by subject. The environment is read through config/env.py only."""

import django_stubs_ext

# Makes Django's generic classes subscriptable at run time, as their type stubs have them.
django_stubs_ext.monkeypatch()

from .intelligence import *  # noqa: E402
from .job_layer import *  # noqa: E402
from .mail import *  # noqa: E402
from .web import *  # noqa: E402
