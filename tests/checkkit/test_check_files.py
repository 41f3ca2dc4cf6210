"""Check files are imported wherever they are, without sharing modules, and errors are reported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from checkkit.check_files import import_check_file
from checkkit.outcomes import CheckReport
from checkkit.runner import run_checks

CHECK = '''"""A check file."""

{imports}

def check_it(answer):
    """It is right."""
    assert answer == {right}
'''


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def check(right: object, imports: str = "") -> str:
    return CHECK.format(imports=imports, right=right)


def outcomes(*files: Path, answer: object = 1) -> list[str]:
    return [report.outcome for report in run_checks(files, {"answer": answer})]


def error_of(*files: Path) -> CheckReport:
    """Return the first report, which must be that of a file that cannot be imported."""
    report = run_checks(files, {"answer": 1})[0]
    assert (report.id, report.outcome) == ("the_checks_can_be_run", "grader_error")
    return report


def test_a_check_file_imports_a_module_beside_it(tmp_path):
    write(tmp_path / "oracle.py", "RIGHT = 1\n")
    path = write(tmp_path / "check_q.py", check("RIGHT", "from .oracle import RIGHT"))
    assert outcomes(path) == ["passed"]
    assert outcomes(path, answer=2) == ["failed"]


def test_a_check_file_in_nested_packages_imports_modules_above_it(tmp_path):
    write(tmp_path / "oracle.py", "RIGHT = 1\n")
    for folder in ("group", "group/question"):
        write(tmp_path / folder / "__init__.py", "")
    write(tmp_path / "group" / "helper.py", "from ..oracle import RIGHT\n")
    text = check("RIGHT", "from ..helper import RIGHT\nfrom ... import oracle")
    assert outcomes(write(tmp_path / "group/question/check_q.py", text)) == ["passed"]


def test_a_folder_without_init_is_not_part_of_a_package(tmp_path):
    write(tmp_path / "oracle.py", "RIGHT = 1\n")
    path = write(tmp_path / "plain/check_q.py", check("RIGHT", "from ..oracle import RIGHT"))
    assert "beyond top-level package" in error_of(path).message


def test_two_courses_with_the_same_module_names_do_not_share_modules(tmp_path):
    files = []
    for right in (1, 2):
        root = tmp_path / f"course-{right}"
        write(root / "question/__init__.py", "")
        write(root / "oracle.py", f"RIGHT = {right}\n")
        text = check("RIGHT", "from ..oracle import RIGHT")
        files.append(write(root / "question/check_q.py", text))
    first, second = files
    assert (outcomes(first), outcomes(second, answer=2)) == (["passed"], ["passed"])
    assert outcomes(second, answer=1) == ["failed"]
    assert import_check_file(first) is not import_check_file(second)


def test_a_file_is_imported_once(tmp_path):
    path = write(tmp_path / "check_q.py", check(1, "import sys\nsys.check_q_imports += 1"))
    sys.check_q_imports = 0
    try:
        assert outcomes(path) == outcomes(path) == ["passed"]
        assert sys.check_q_imports == 1
    finally:
        del sys.check_q_imports


def test_the_init_files_above_a_check_file_are_imported_once(tmp_path):
    count = "import sys\nsys.check_q_imports += 1\n"
    path = write(tmp_path / "question/check_q.py", check(1))
    write(tmp_path / "question/__init__.py", count)
    sys.check_q_imports = 0
    try:
        assert outcomes(path) == ["passed"]
        assert sys.check_q_imports == 1
    finally:
        del sys.check_q_imports


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("def check_it(answer:\n", "SyntaxError: '(' was never closed (check_q.py, line 1)"),
        ("raise RuntimeError('no data')\n", "RuntimeError: no data"),
        ("import no_such_module_anywhere\n", "No module named 'no_such_module_anywhere'"),
        ("from .missing import RIGHT\n", "No module named"),
    ],
    ids=["syntax", "raises", "import", "relative import"],
)
def test_a_file_that_cannot_be_imported_is_a_grader_error_and_is_tried_again(
    broken, message, tmp_path
):
    path = write(tmp_path / "check_q.py", broken)
    for _ in range(2):
        assert message in error_of(path).message
    write(path, check(1))
    assert outcomes(path) == ["passed"]


def test_a_missing_helper_is_found_once_it_is_there(tmp_path):
    path = write(tmp_path / "check_q.py", check("RIGHT", "from .oracle import RIGHT"))
    error_of(path)
    write(tmp_path / "oracle.py", "RIGHT = 1\n")
    assert outcomes(path) == ["passed"]


def test_a_broken_file_concerns_only_the_runs_that_ask_for_it(tmp_path):
    good = write(tmp_path / "check_a.py", check(1))
    broken = write(tmp_path / "check_b.py", "raise RuntimeError('at import')\n")
    assert outcomes(good) == ["passed"]
    reports = run_checks([good, broken], {"answer": 1})
    assert {report.outcome for report in reports} == {"grader_error"}
    assert outcomes(good) == ["passed"]
