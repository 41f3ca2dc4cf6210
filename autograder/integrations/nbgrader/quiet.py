"""Leave out what nbgrader says of every submission, so that what matters is seen.

`nbgrader autograde --debug` shows everything, and the file `.nbgrader.log` has it.
"""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Collection, Iterable
from pathlib import Path

from sqlalchemy.exc import SAWarning
from traitlets.config import Application, Config

_COMMAND = "AutogradeApp"  # traitlets names the logger of a command after its class
# One line for each file that is read, copied or written. What remains of a submission is its name,
# its points, and warnings.
_ROUTINE = re.compile(
    "Overwriting files with master versions|Sanitizing |Converting notebook |Making directory "
    "|Writing [0-9]+ bytes|Autograding |Setting destination file permissions"
)
_CHECKSUM = re.compile(r"Attribute 'checksum' for cell (\S+) has changed!")
# nbgrader makes objects that it does not save, three for each submission, and SQLAlchemy warns.
_UNSAVED = r"Object of type <Submitted\w+> not in session"


class WithoutRoutine(logging.Filter):
    """Refuses routine messages, unless the command was asked for its debug messages.

    Args:
        tasks: The cells of tasks, which students are to change. nbgrader compares their checksums
            all the same, and warns of every student.
    """

    def __init__(self, tasks: Collection[str]) -> None:
        super().__init__()
        self._tasks = tasks

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a message is shown."""
        if record.name != _COMMAND or _level() <= logging.DEBUG:
            return True
        text = record.getMessage()
        if record.levelno == logging.INFO:
            return not _ROUTINE.match(text)
        changed = _CHECKSUM.match(text)
        return not (changed and changed[1] in self._tasks)


def _level() -> int:
    """Return from which level on the command shows its messages."""
    level = Application.instance().log_level if Application.initialized() else logging.INFO
    return level if isinstance(level, int) else logging.getLevelNamesMapping()[str(level)]


def leave_out_routine(config: Config, notebooks: Iterable[Path]) -> None:
    """Filter what `nbgrader autograde` prints.

    Args:
        config: nbgrader's configuration.
        notebooks: The source notebooks, which say what the tasks are.
    """
    warnings.filterwarnings("ignore", _UNSAVED, SAWarning)
    tasks = sorted({name for notebook in notebooks for name in _tasks_in(notebook)})
    config.NbGrader.logging_config = {
        "filters": {"routine": {"()": WithoutRoutine, "tasks": tasks}},
        "handlers": {"console": {"filters": ["routine"]}},
    }


def _tasks_in(notebook: Path) -> Iterable[str]:
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        marks = cell.get("metadata", {}).get("nbgrader", {})
        if marks.get("task"):
            yield marks.get("grade_id", "")
