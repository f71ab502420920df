"""What tests of the benches share: their tasks run one after the other, here, and one of them may be the last."""

import sys
from types import SimpleNamespace

from course_utils.bench import runs


class Killed(BaseException):
    """As if somebody had killed the process; nothing but a test catches it."""


def in_turn(monkeypatch):
    """Let benches run their tasks without Dask, which need not be installed then."""

    def run_tasks(function, tasks, **options):
        return ((name, function(*arguments)) for name, arguments in tasks.items())

    monkeypatch.setattr(runs, "require_extra", lambda extra: None)
    monkeypatch.setitem(sys.modules, "course_utils.scaling.tasks", SimpleNamespace(run_tasks=run_tasks))
