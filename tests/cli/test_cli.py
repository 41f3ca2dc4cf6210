"""The command line: what it prints, what it writes, and its exit status."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from autograder import __version__
from autograder.cli.main import main
from autograder.results import files as results_files
from autograder.support.terminal import progress_bar
from tests.courses import tiny

LOOPS = "def double(x):\n    while True: pass\n"


@pytest.fixture
def submitted(tmp_path):
    """A small class: one correct, one wrong, one ends its process, one is cut off."""
    notebooks = {
        "ada": tiny.answered(),
        "bob": tiny.answered(double=tiny.FORGETS),
        "eve": tiny.answered(double="import os\nos._exit(0)\n"),
        "max": tiny.answered()[:900],
    }
    for student, data in notebooks.items():
        path = tmp_path / "submitted" / student / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    return tmp_path / "submitted"


@pytest.fixture
def grade(submitted, course, tmp_path):
    rubric = str(course / "rubric.toml")

    def run(*options: str) -> int:
        folders = ["--results", str(tmp_path / "results"), "--rubric", rubric]
        return main(["grade", str(submitted), *folders, *options])

    return run


def scores(folder) -> dict[str, tuple[str, float]]:
    return {one.student: (one.status, one.score) for one in results_files.read_folder(folder)}


def test_grade_gives_every_submission_a_verdict_and_a_row_and_exits_0(grade, tmp_path, capsys):
    assert grade("--jobs", "2") == 0
    assert scores(tmp_path / "results") == {
        "ada": ("graded", 10.0),
        "bob": ("graded", 6.0),
        "eve": ("graded", 4.0),
        "max": ("unreadable", None),
    }
    printed = capsys.readouterr()
    assert "4 submissions: 3 graded, 1 unreadable" in printed.out
    assert printed.err == ""  # no progress bar without a terminal


def test_each_submission_has_a_log_with_outcomes_and_times(grade, tmp_path):
    assert grade("--jobs", "2") == 0
    logs = tmp_path / "results" / "logs"
    assert sorted(path.name for path in logs.iterdir()) == [
        "ada.log", "bob.log", "eve.log", "max.log",
    ]  # fmt: skip
    text = (logs / "bob.log").read_text()
    for words in ("status: graded, 6 / 10 points", "sha256 ", "torch ", "confined by: ",
                  "double(-3.5): expected -7.0, got 7.0"):  # fmt: skip
        assert words in text
    assert re.search(r"^ +\d+\.\d{3}  doubles_two$", text, re.MULTILINE)
    assert "message: The file is cut off" in (logs / "max.log").read_text()


def test_the_progress_bar_counts_results(monkeypatch):
    console = Console(force_terminal=True, width=140, file=io.StringIO())
    with progress_bar(3, console=console) as advance:
        advance(0)
        advance(2, "1 graded, 1 unreadable [red]")
    shown = console.file.getvalue()
    for words in ("grading", "2/3", "left:", "1 graded, 1 unreadable [red]"):
        assert words in shown


def test_grade_keeps_earlier_results_and_regrades_with_force(grade, submitted, tmp_path, capsys):
    grade()
    path = tmp_path / "results" / "ada.json"
    marked = path.read_text().replace('"seconds": ', '"seconds": 1')
    path.write_text(marked)
    (submitted / "bob" / "tiny" / "tiny.ipynb").write_bytes(tiny.answered())
    assert grade() == 0
    assert path.read_text() == marked
    assert scores(tmp_path / "results")["bob"] == ("graded", 10.0)
    assert "kept from an earlier run" in capsys.readouterr().out
    grade("--force")
    assert path.read_text() != marked


@pytest.mark.parametrize(("flags", "confined"), [((), True), (("--unconfined",), False)])
def test_only_unconfined_switches_confinement_off_and_each_result_records_it(
    grade, tmp_path, flags, confined
):
    assert grade(*flags) == 0
    (ada, *_) = results_files.read_folder(tmp_path / "results")
    assert bool(ada.confinement) is confined


def test_report_compares_a_class_in_which_one_student_has_no_notebook(
    grade, submitted, course, tmp_path
):
    (submitted / "sam" / "tiny").mkdir(parents=True)
    assert grade() == 0
    arguments = ["--submitted", str(submitted), "--rubric", str(course / "rubric.toml")]
    assert main(["report", str(tmp_path / "results"), *arguments]) == 0
    assert "sam" in (tmp_path / "results" / "report.html").read_text()


def test_a_crashed_task_is_a_grader_error_and_never_stops_the_rest(grade, tmp_path, monkeypatch):
    def crash(_notebook: bytes, student: str, *_rest: object) -> None:
        if student != "ada":
            os.kill(os.getpid(), signal.SIGKILL)
        raise RuntimeError("an error in the grader")

    monkeypatch.setattr("autograder.runners.process_pool.grade", crash)
    assert grade() == 1
    found = {one.student: one for one in results_files.read_folder(tmp_path / "results")}
    assert {one.status for one in found.values()} == {"grader_error"}
    assert "an error in the grader" in found["ada"].message
    assert "status -9" in found["bob"].message


def test_a_grader_error_is_kept_until_it_is_to_be_tried_again(grade, tmp_path, monkeypatch, capsys):
    with monkeypatch.context() as broken:
        broken.setattr("autograder.runners.process_pool.grade", None)
        assert grade() == 1
    capsys.readouterr()
    assert grade() == 1
    assert "--retry-errors grades those again" in capsys.readouterr().out
    assert scores(tmp_path / "results")["ada"] == ("grader_error", None)
    assert grade("--retry-errors") == 0
    assert scores(tmp_path / "results")["ada"] == ("graded", 10.0)


def test_a_grader_error_has_no_number_in_the_table_the_report_and_its_tables(
    grade, submitted, course, tmp_path, monkeypatch, capsys
):
    with monkeypatch.context() as broken:
        broken.setattr("autograder.runners.process_pool.grade", None)
        assert grade() == 1
    (row,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("ada"))
    assert row.split()[1:4] == ["–", "–", "–"]
    arguments = ["--submitted", str(submitted), "--rubric", str(course / "rubric.toml")]
    assert main(["report", str(tmp_path / "results"), *arguments]) == 0
    with (tmp_path / "results/tables/students.csv").open(encoding="utf-8-sig") as file:
        (ada,) = (row for row in csv.DictReader(file) if row["student"] == "ada")
    assert (ada["status"], ada["double"], ada["fourfold"], ada["score"]) == (
        "grader_error",
        "",
        "",
        "",
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grade", "nowhere", "--results", "r"], "nowhere: no such file"),
        (["grade", ".", "--results", "/proc/none"], "cannot write results"),
        (["report", "nowhere"], "no results here"),
        (["export", "canvas", "nowhere"], "no results here"),
        (
            ["validate", "--only", "no-such-mistake"],
            "--only: not in the answer bank: no-such-mistake (nearest: ",
        ),
        (["release", "--rubric", "none.toml"], "there is no such rubric"),
    ],
)
def test_a_usage_error_exits_2_with_one_line(
    course, submitted, monkeypatch, capsys, arguments, words
):
    monkeypatch.chdir(course)
    if arguments[1:2] == ["."]:
        monkeypatch.chdir(submitted)
        arguments = [*arguments, "--rubric", str(course / "rubric.toml")]
    assert main(arguments) == 2
    printed = capsys.readouterr().err
    assert printed.startswith("autograder: ")
    assert words in printed
    assert printed.count("\n") == 1


def test_help_is_fast_and_names_every_command():
    start = time.monotonic()
    command = [sys.executable, "-m", "autograder", "--help"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert time.monotonic() - start < 2
    for name in ("release", "validate", "grade", "report", "export", "doctor"):
        assert name in printed


def test_version_is_printed(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"autograder {__version__}\n"


@pytest.mark.parametrize("arguments", ["--help", "validate --only forget-the-sign"])
def test_what_needs_no_torch_does_not_import_it(course, arguments):
    program = (
        "import sys\nfrom autograder.cli.main import main\n"
        "try: main(sys.argv[1:])\nfinally: print('torch' in sys.modules)"
    )
    command = [sys.executable, "-c", program, *arguments.split()]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("False\n")
    if "--only" in arguments:
        assert done.stderr == (
            "autograder: --only: not in the answer bank: "
            "forget-the-sign (nearest: forgets-the-sign)\n"
        )


def test_ctrl_c_stops_soon_and_says_how_to_resume(course, tmp_path):
    (tmp_path / "eve.ipynb").write_bytes(tiny.answered(double=LOOPS))
    rubric = course / "rubric.toml"
    command = [sys.executable, "-m", "autograder", "grade", tmp_path / "eve.ipynb", "--results",
               tmp_path / "results", "--rubric", rubric]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    (tmp_path / "results").mkdir()
    deadline = time.monotonic() + 60
    while not _has_two_children(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, printed = process.communicate(timeout=20)
    assert time.monotonic() - start < 15
    assert process.returncode == 130
    assert "1 not graded yet. Run the same command again to go on." in printed
    assert "Traceback" not in printed


def _has_two_children(pid: int) -> bool:
    """Return whether the sandbox and a task are running."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return len(children) >= 2


def test_validate_finds_a_mistake_that_no_check_catches(tmp_path, capsys):
    root = tiny.write_course(tmp_path)
    checks = root / "staff/check_double.py"
    checks.write_text(checks.read_text().replace("-3.5", "3.5").replace("-7.0", "7.0"))
    rubric = str(root / "rubric.toml")
    assert main(["validate", "--rubric", rubric, "--matrix", str(tmp_path / "matrix.json")]) == 1
    printed = capsys.readouterr().out
    assert "earns full marks at double, must lose points" in printed
    assert "mistake: 0 of 1" in printed
    matrix = json.loads((tmp_path / "matrix.json").read_text())
    assert matrix["mistakes"]["forgets-the-sign"]["failed"] == {}


def test_doctor_checks_every_part_of_this_machine(course, capsys):
    assert main(["doctor", "--rubric", str(course / "rubric.toml")]) == 0
    printed = capsys.readouterr().out
    for word in ("Python", "torchvision", "nbgrader", "sandbox: starts in", "confinement"):
        assert word in printed


def test_doctor_says_how_to_repair_a_broken_pair_of_torch_and_torchvision(monkeypatch, assignment):
    from autograder.cli import doctor

    def broken(_name: str) -> None:
        raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr(doctor, "import_module", broken)
    ((good, _, found),) = doctor.torch_pair(assignment)
    assert not good
    assert "torchvision::nms does not exist" in found
    assert "pip install --upgrade --force-reinstall torch torchvision" in found
