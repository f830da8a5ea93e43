"""Every setting of Quarry, by subject. The environment is read through config/env.py only."""

import gc

import django_stubs_ext

# Loading the program makes hundreds of thousands of objects that stay. To look for garbage among them after each 700,
# as Python does, takes an eighth of a process's start.
gc.set_threshold(50_000, 10, 10)
# Makes Django's generic classes subscriptable at run time, as their type stubs have them.
django_stubs_ext.monkeypatch()

from .intelligence import *  # noqa: E402
from .job_layer import *  # noqa: E402
from .mail import *  # noqa: E402
from .web import *  # noqa: E402
