"""The autograder archive for Gradescope: this program and one assignment, ready to be unpacked.

The archive's root becomes `/autograder/source` of a container: `setup.sh` runs once, when the
container's image is built, `run_autograder` for each submission.
"""

from __future__ import annotations

import importlib.util
import io
import shlex
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from autograder.assignment import Assignment, is_litter, place_below

# What grading needs of other people's; what submissions import is added from the rubric's preload.
_ENGINE = ("torch", "numpy", "pytest", "hypothesis", "rich", "pyseccomp")
_LIBRARIES = ("lab",)  # packages beside this one that it imports

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
# Grades what lies in submission/ and writes results/results.json.
ROOT="${{AUTOGRADER_ROOT:-/autograder}}"
PYTHON="${{AUTOGRADER_PYTHON:-/autograder/venv/bin/python}}"
export PYTHONPATH={path}
cd "$ROOT/source" || exit 1
exec "$PYTHON" -m autograder.gradescope --root "$ROOT" --rubric "$ROOT/source/"{rubric} {options}
"""

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same files make the same archive


def write_archive(
    assignment: Assignment, target: Path, *, staff: str = "visible", confine: bool = True
) -> list[str]:
    """Write the archive and return the names of the files in it.

    Args:
        assignment: What is to be graded.
        target: The zip file to write.
        staff: When students see the checks that only staff have, in Gradescope's words.
        confine: Whether to insist on walls inside the container.
    """
    paths = _paths(assignment)
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "setup.sh", setup_script(assignment).encode(), 0o755)
        run = run_script(assignment, staff=staff, confine=confine)
        _add(archive, "run_autograder", run.encode(), 0o755)
        for name, path in paths.items():
            _add(archive, name, path.read_bytes(), 0o644)
    return ["setup.sh", "run_autograder", *paths]


def pack(assignment: Assignment) -> bytes:
    """Return the same archive without the scripts, for whoever runs this program elsewhere."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in _paths(assignment).items():
            _add(archive, name, path.read_bytes(), 0o644)
    return file.getvalue()


def import_path() -> list[str]:
    """Return the folders of the archive that Python is to import from."""
    return [".", *(_home(name).parent.as_posix() for name in _LIBRARIES)]


def _add(archive: zipfile.ZipFile, name: str, data: bytes, mode: int) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (0o100000 | mode) << 16
    archive.writestr(info, data)


def setup_script(assignment: Assignment) -> str:
    """Return the script that installs what is needed, in the versions that are installed here."""
    return _SETUP.format(packages=" ".join(shlex.quote(one) for one in _pinned(assignment)))


def run_script(assignment: Assignment, *, staff: str, confine: bool) -> str:
    """Return the script that grades one submission."""
    path = ":".join(f"$ROOT/source/{folder}".rstrip("/.") for folder in import_path())
    options = f"--staff {staff}" + ("" if confine else " --unconfined")
    rubric = shlex.quote(assignment.rubric_below.as_posix())
    return _RUN.format(path=f'"{path}"', rubric=rubric, options=options)


def _pinned(assignment: Assignment) -> Iterator[str]:
    """Yield what pip is to install."""
    modules = {name.split(".")[0] for name in (*_ENGINE, *assignment.preload)} - {*_LIBRARIES}
    known = metadata.packages_distributions()
    for module in sorted(modules):
        for package in known.get(module, [module] if module in _ENGINE else [])[:1]:
            yield f"{package}=={metadata.version(package).split('+')[0]}"


def _engine_root() -> Path:
    return Path(__file__).resolve().parents[1]


def _home(package: str) -> Path:
    """Return where a package lies below the folder that this program lies in."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = Path(spec.submodule_search_locations[0]).resolve()
    return place_below(_engine_root(), folder)


def _paths(assignment: Assignment) -> dict[str, Path]:
    """Return the files by their names, each once: some are the assignment's and the program's."""
    return dict(sorted(_files(assignment)))


def _files(assignment: Assignment) -> Iterator[tuple[str, Path]]:
    """Yield the files by their names in the archive: this program's, then the assignment's."""
    root = _engine_root()
    own = root / "autograder"
    for path in own.rglob("*.py"):
        if not is_litter(root, path) and not path.is_relative_to(own / "checks"):
            yield path.relative_to(root).as_posix(), path
    for package in _LIBRARIES:
        home = _home(package)
        for path in (root / home).rglob("*.py"):
            if not is_litter(root, path):
                yield path.relative_to(root).as_posix(), path
    for path in course_files(assignment):
        yield place_below(assignment.root, path).as_posix(), path


def course_files(assignment: Assignment) -> Iterator[Path]:
    """Yield the files that grading an assignment needs."""
    yield assignment.rubric
    if assignment.stand_ins:
        yield assignment.stand_ins
    folders = (assignment.source, assignment.solutions, assignment.visible_checks)
    for folder in (*folders, assignment.staff_checks):
        for path in folder.rglob("*"):
            if path.is_file() and not is_litter(assignment.root, path):
                yield path
