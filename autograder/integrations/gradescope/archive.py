"""The autograder archive for Gradescope: this program and one assignment.

The archive's root becomes `/autograder/source` in a container. `setup.sh` runs once, when the
container's image is built; `run_autograder` runs for each submission.
"""

from __future__ import annotations

import shlex
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from autograder.assignment.model import Assignment
from autograder.runners.bundle import add, bundled_files

# Modules that grading imports; the rubric's `preload` adds those that submissions import.
_ENGINE = ("torch", "numpy", "pytest", "hypothesis", "rich", "pyseccomp")

_SETUP = """\
#!/usr/bin/env bash
# Runs once, as root, when Gradescope builds the container's image.
set -euo pipefail
apt-get update
apt-get install -y python3 python3-venv bubblewrap libseccomp2
python3 -m venv /autograder/venv
/autograder/venv/bin/python -m pip install --no-cache-dir {packages}
"""

_RUN = """\
#!/usr/bin/env bash
# Grades the files in submission/ and writes results/results.json.
ROOT="${{AUTOGRADER_ROOT:-/autograder}}"
PYTHON="${{AUTOGRADER_PYTHON:-/autograder/venv/bin/python}}"
export PYTHONPATH="$ROOT/source"
cd "$ROOT/source" || exit 1
exec "$PYTHON" -P -m autograder.integrations.gradescope.run \\
  --root "$ROOT" --rubric "$ROOT/source/"{rubric} {options}
"""


def write_archive(
    assignment: Assignment, target: Path, *, staff: str = "visible", confine: bool = True
) -> list[str]:
    """Write the archive and return the names of the files in it.

    Args:
        assignment: The assignment to grade.
        target: The zip file to write.
        staff: When students see the hidden checks, in Gradescope's words.
        confine: Whether grading must be confined inside the container.
    """
    paths = bundled_files(assignment)
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        add(archive, "setup.sh", setup_script(assignment).encode(), 0o755)
        run = run_script(assignment, staff=staff, confine=confine)
        add(archive, "run_autograder", run.encode(), 0o755)
        for name, path in paths.items():
            add(archive, name, path.read_bytes(), 0o644)
    return ["setup.sh", "run_autograder", *paths]


def setup_script(assignment: Assignment) -> str:
    """Return the script that installs the dependencies in the versions installed here."""
    return _SETUP.format(packages=" ".join(shlex.quote(one) for one in _pinned(assignment)))


def run_script(assignment: Assignment, *, staff: str, confine: bool) -> str:
    """Return the script that grades one submission."""
    options = f"--staff {staff}" + ("" if confine else " --unconfined")
    rubric = shlex.quote(assignment.relative_rubric.as_posix())
    return _RUN.format(rubric=rubric, options=options)


def _pinned(assignment: Assignment) -> Iterator[str]:
    """Yield the requirements for pip."""
    modules = {name.split(".")[0] for name in (*_ENGINE, *assignment.preload)}
    known = metadata.packages_distributions()
    for module in sorted(modules):
        for package in known.get(module, [module] if module in _ENGINE else [])[:1]:
            yield f"{package}=={metadata.version(package).split('+')[0]}"
