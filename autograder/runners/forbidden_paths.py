"""What a submission must never be able to open, wherever this course keeps it."""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from autograder.assignment.model import Assignment

# Where nbgrader and Jupyter look for a configuration, besides the course's folder.
_CONFIG_FOLDERS = ("/etc/jupyter", "/usr/local/etc/jupyter")
_DEFAULT_EXCHANGES = ("/usr/local/share/nbgrader/exchange", "/srv/nbgrader/exchange")
_CLASS_FOLDERS = ("submitted", "autograded", "feedback", "results", "gradebook.db")


def forbidden_paths(assignment: Assignment) -> list[Path]:
    """Return what no submission may open, as far as it exists.

    This is the rubric, the hidden checks with their held-back data, the solutions, everything of
    the class, nbgrader's exchange, the engine, and the home folder of whoever grades.
    """
    roots = dict.fromkeys([assignment.root, *_configured("CourseDirectory", "root", assignment)])
    exchanges = [*_configured("Exchange", "root", assignment), *map(Path, _DEFAULT_EXCHANGES)]
    found = [
        assignment.rubric,
        assignment.staff_checks,
        *_one_file_of_each_kind(assignment.staff_checks),
        assignment.solutions,
        *_one_file_of_each_kind(assignment.solutions),
        *(root / name for root in roots for name in _CLASS_FOLDERS),
        *exchanges,
        *(exchange / name for exchange in exchanges for name in _folders(exchange)),
        Path(__file__).parents[1] / "grading" / "grade.py",
        Path(__file__).parents[1] / "checks",
        Path.home(),
    ]
    if assignment.stand_ins is not None:
        found.append(assignment.stand_ins)
    return [path for path in dict.fromkeys(found) if path.exists()]


def _one_file_of_each_kind(folder: Path) -> Iterator[Path]:
    """Yield a file of each kind in each folder below: if one can be read, so can its siblings."""
    seen = set[tuple[str, str]]()
    for where, _, names in os.walk(folder):
        for name in sorted(names):
            key = where, Path(name).suffix
            if key not in seen and "__pycache__" not in where:
                seen.add(key)
                yield Path(where, name)


def _folders(exchange: Path) -> list[str]:
    """Return the folders of an exchange in which nbgrader keeps what students hand in."""
    try:
        courses = [path for path in exchange.iterdir() if path.is_dir()]
    except OSError:
        return []
    return [f"{one.name}/{name}" for one in courses for name in ("inbound", "outbound", "feedback")]


def _configured(kind: str, name: str, assignment: Assignment) -> Iterator[Path]:
    """Yield the values of an option in nbgrader's configuration files: `c.Exchange.root = "…"`.

    Importing nbgrader takes a second, so a file is run only if its value is not a literal.
    """
    home = Path(os.environ.get("JUPYTER_CONFIG_DIR", Path.home() / ".jupyter"))
    folders = [assignment.root, home, Path(sys.prefix, "etc/jupyter"), *map(Path, _CONFIG_FOLDERS)]
    for folder in folders:
        with suppress(OSError, ValueError, AttributeError):
            tree = json.loads((folder / "nbgrader_config.json").read_bytes())
            if isinstance(value := tree.get(kind, {}).get(name), str):
                yield folder / value
        with suppress(OSError, ValueError, SyntaxError):
            for node in ast.walk(ast.parse((folder / "nbgrader_config.py").read_bytes())):
                match node:
                    case ast.Assign(
                        targets=[ast.Attribute(ast.Attribute(_, str(one)), str(option))],
                        value=assigned,
                    ) if (one, option) == (kind, name):
                        text = _literal(assigned) or _evaluated(folder, kind, name)
                        yield from [folder / text] if text else []


def _literal(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _evaluated(folder: Path, kind: str, name: str) -> str:
    """Run a configuration file, which is the instructor's, and return an option's value."""
    from traitlets.config.loader import PyFileConfigLoader

    try:
        loaded = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    except Exception:  # noqa: BLE001 - nbgrader reports what is wrong with its configuration
        return ""
    return str(loaded[kind].get(name, ""))
