"""Each failure is told when it happens, by name and with its last words.

pytest tells them all at the end, which a run that is stopped before, for its time or by hand, never reaches.
"""

from collections.abc import Callable

import pytest

#: Of the lines that say what went wrong.
LINES = 12


class _Told:
    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            last_words = "\n".join(report.longreprtext.splitlines()[-LINES:])
            worker = getattr(getattr(report, "node", None), "gateway", None)
            where = f" in {worker.id}" if worker else ""
            self._say(f"\nFAILED {report.nodeid} ({report.when}, after {report.duration:.1f} s{where})\n{last_words}")


@pytest.hookimpl(trylast=True)  # after pytest has made its terminal
def pytest_configure(config: pytest.Config) -> None:
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    # One test after another is looked at by whoever runs it; several at once have one terminal, the controller's.
    if terminal is not None and getattr(config.option, "numprocesses", None):
        config.pluginmanager.register(_Told(terminal.write_line))
