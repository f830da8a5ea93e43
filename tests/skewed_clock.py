"""Processes whose clock is wrong."""

#: Moves time.time and datetime.now before anything else has been imported.
_LAUNCHER = """
import datetime, runpy, sys, time
shift = {seconds}
real_time, real_datetime = time.time, datetime.datetime
class Meta(type):
    def __instancecheck__(cls, value):
        return isinstance(value, real_datetime)
    def __subclasscheck__(cls, other):
        return issubclass(other, real_datetime)
class Moved(real_datetime, metaclass=Meta):
    @classmethod
    def now(cls, tz=None):
        return real_datetime.now(tz) + datetime.timedelta(seconds=shift)
    @classmethod
    def utcnow(cls):
        return cls.now(datetime.timezone.utc).replace(tzinfo=None)
time.time = lambda: real_time() + shift
datetime.datetime = Moved
sys.argv[0] = "manage.py"
sys.path.insert(0, "")
print("clock", datetime.datetime.now(datetime.timezone.utc) - real_datetime.now(datetime.timezone.utc), flush=True)
runpy.run_path("manage.py", run_name="__main__")
"""


def ahead_by(seconds: int) -> str:
    """A program for `python -c` that is manage.py with a clock ahead by so much, or behind where negative."""
    return _LAUNCHER.format(seconds=seconds)
