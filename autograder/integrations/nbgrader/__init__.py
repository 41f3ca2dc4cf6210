"""nbgrader with this program's grading. `nbgrader_config.py` calls `configure`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitlets.config import Config


def configure(config: Config, root: Path) -> None:
    """Make the folder `root` a course that nbgrader grades with this program.

    Args:
        config: nbgrader's configuration, as `get_config()` returns it.
        root: The course's folder, which contains the rubric.
    """
    # Lazy: nbgrader finds the classes below by their paths, so it imports this package early.
    from autograder.integrations.nbgrader import configuration

    configuration.apply(config, root)
