"""The wheel: what it contains, and two courses served from it, far from this checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.rubric import load
from autograder.authoring.solved import filled
from tests.courses import softmax_course

pytestmark = pytest.mark.exhaustive

ROOT = Path(__file__).resolve().parents[2]
COURSE = ("source", "solutions", "rubric.toml", "autograder/checks", "nbgrader_config.py")
MISTAKE = "std-is-exp-logvar"


@dataclass(frozen=True)
class Installation:
    """A virtual environment with the wheel, as a user has it."""

    scripts: Path

    def run(self, course: Path, *command: str) -> str:
        """Run a command in a course; return what it prints."""
        # nbgrader calls alembic by name; here the development environment has it.
        paths = (self.scripts, sysconfig.get_path("scripts"), "/usr/bin", "/bin")
        hidden = ("PYTHONPATH", "VIRTUAL_ENV")
        environment = {name: value for name, value in os.environ.items() if name not in hidden}
        environment["PATH"] = os.pathsep.join(map(str, paths))
        done = subprocess.run(
            [self.scripts / command[0], *command[1:]],
            cwd=course,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout[-3000:], done.stderr[-3000:])
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the source distribution and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def installation(distributions: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The wheel in a new environment that borrows other packages, but not this checkout."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    scripts = folder / "bin"
    (wheel,) = distributions.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True)
    borrowed = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    (packages,) = folder.glob("lib/python*/site-packages")
    # Python reads no .pth file in folders named like this: the editable installation stays unseen.
    (packages / "borrowed.pth").write_text("\n".join(borrowed))
    return Installation(scripts)


def files_in(*folders: str) -> set[str]:
    """Return the files of the checkout in these folders, without those that Python makes."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}


def test_the_wheel_has_the_engine_and_checkkit_and_nothing_of_the_course(distributions):
    (wheel,) = distributions.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == files_in("autograder", "checkkit") - files_in("autograder/checks")
    for needed in ("autograder/py.typed", "checkkit/py.typed"):
        assert needed in names
    assert any(name.startswith("autograder/reports/templates/") for name in names)
    assert any(name.startswith("autograder/integrations/nbgrader/templates/") for name in names)


def test_the_source_distribution_has_no_more_than_the_wheel_is_built_from(distributions):
    (archive,) = distributions.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    packages = files_in("autograder", "checkkit") - files_in("autograder/checks")
    others = {".gitignore", "LICENSE", "README.md", "pyproject.toml", "PKG-INFO"}
    assert names == packages | others


@pytest.fixture(scope="module")
def vae(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository's course in a folder of its own, with what two students handed in."""
    root = tmp_path_factory.mktemp("vae")
    for name in COURSE:
        source, target = ROOT / name, root / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    assignment = load(root / "rubric.toml")
    bank = load_bank(assignment)
    for student, mistakes in {"ada": [], "bob": [bank.find(MISTAKE)]}.items():
        answers = filled(assignment, bank.answers(*mistakes))
        softmax_course.hand_in(assignment, student, answers)
    return root


@pytest.fixture(scope="module")
def softmax(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second course in a folder of its own, with what two students handed in."""
    wrong = {"ada": None, "bob": "softmax-twice"}
    return softmax_course.make(tmp_path_factory.mktemp("second") / "softmax", wrong).root


@pytest.mark.parametrize("command", [("autograder",), ("python", "-m", "autograder")])
def test_a_course_with_a_folder_named_autograder_does_not_shadow_the_package(
    installation, vae, command
):
    assert (vae / "autograder").is_dir()
    assert installation.run(vae, *command, "--version").startswith("autograder ")
    where = installation.run(vae, "python", "-c", "import autograder; print(autograder.__file__)")
    assert Path(where.strip()).is_relative_to(installation.scripts.parent)


@pytest.mark.parametrize(
    ("name", "validated", "scores"),
    [
        ("softmax", (), {"ada": 20.0, "bob": 13.0}),
        ("vae", ("--only", MISTAKE), {"ada": 120.0, "bob": None}),
    ],
)
def test_a_course_is_released_validated_graded_reported_and_exported(
    installation, sandbox, request, name, validated, scores
):
    course = request.getfixturevalue(name)

    def autograder(*arguments: str) -> str:
        return installation.run(course, "autograder", *arguments)

    autograder("release")
    autograder("release", "--check")
    assert (course / "release" / name / "checkkit/expect.py").is_file()
    autograder("validate", *validated)
    autograder("grade", "submitted", "--results", "results")
    results = {path.stem: json.loads(path.read_text()) for path in course.glob("results/*.json")}
    assert results.keys() == scores.keys()
    for student, result in results.items():
        assert result["status"] == "graded"
        assert result["confinement"] == sandbox.confinement
        if scores[student] is not None:
            assert result["score"] == scores[student]
    assert results["bob"]["score"] < results["ada"]["score"] == results["ada"]["max_score"]
    autograder("report", "results", "--submitted", "submitted")
    pages = [course / "results/report.html", *course.glob("results/feedback/*.html")]
    assert len(pages) == 1 + len(scores)
    assert all("</html>" in page.read_text() for page in pages)
    for kind in ("nbgrader", "canvas"):
        autograder("export", kind, "results")
        assert (course / f"results/{kind}.csv").read_text().count("\n") >= len(scores)
    columns = "Identifier,Full name,Email address,Grade,Last modified (grade),Feedback comments\n"
    rows = (f"Participant {number},{one},,,-,\n" for number, one in enumerate(scores))
    (course / "worksheet.csv").write_text(columns + "".join(rows))
    autograder("export", "moodle", "results", "--worksheet", "worksheet.csv")
    autograder("export", "gradescope", "--output", "gradescope.zip")
    names = zipfile.ZipFile(course / "gradescope.zip").namelist()
    assert {"run_autograder", "rubric.toml", "autograder/__init__.py"} <= set(names)
    assert any(name.startswith("checkkit/") for name in names)


def test_nbgrader_gives_the_same_scores_from_the_wheel(installation, softmax):
    for command in (["generate_assignment", "softmax"], ["autograde", "softmax"], ["export"]):
        installation.run(softmax, "python", "-m", "nbgrader", *command)
    _, *rows = (softmax / "grades.csv").read_text().splitlines()
    assert len(rows) == 2
