"""The worst attacks through `nbgrader autograde`, in one course with an honest student."""

from __future__ import annotations

import csv
import json

import pytest

from tests import tiny
from tests.hostile.attack import GOT_OUT, PRELUDE
from tests.hostile.pages import live
from tests.test_nbgrader import nbgrader

# At the tiny course's question `double`; each body is run at every call.
WORST = {
    "exits": "os._exit(0)",
    "hangs": "time.sleep(10**6)",
    "forks": "out(os.fork())",
    "executes": "out(subprocess.run(['id'], capture_output=True))",
    "eats-memory": "x = []\n    while True: x.append(bytes(1 << 20))",
    "fills-the-disk": "open('/tmp/x', 'wb').write(bytes(1 << 30)); out('wrote')",
    "connects": "out(socket.create_connection(('127.0.0.1', 9)))",
    "reads-the-gradebook": "out(open('{course}/gradebook.db', 'rb').read(9))",
    "writes-the-gradebook": "open('{course}/gradebook.db', 'ab').write(b'1'); out('wrote')",
    "reads-the-checks": "out(open('{course}/autograder/checks/check_double.py').read())",
    "kills-its-parent": "os.kill(os.getppid(), 9); out('killed')",
    "forges-frames": "os.write(fd(), b'\\xff' * 64)",
    "patches-builtins": "import builtins; builtins.isinstance = lambda *a: True",
    "shows-a-script": "raise ValueError('<script>alert(1)</script>')",
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = tiny.write_course(tmp_path_factory.mktemp("hostile-nbgrader"))
    for student, body in {"honest": "pass", **WORST}.items():
        code = f"import torch\n{PRELUDE}def double(x):\n    {body}\n    return -7.25\n"
        if student == "honest":
            code = tiny.DOUBLE
        cells = tiny.source_cells()
        cells[2]["source"] = code.replace("{course}", str(course))
        cells[4]["source"] = tiny.FOURFOLD
        cells.append(tiny.cell("markdown", "<script>alert(1)</script>\n\n<b onload=alert(1)>", 9))
        shown = {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/html": "<script>alert(1)"},
        }
        cells.append(tiny.cell("code", "pass", 10) | {"outputs": [shown]})
        path = course / "submitted" / student / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(tiny.notebook(cells))
    course.chmod(0o777)
    for command in ("generate_assignment", "autograde", "generate_feedback"):
        nbgrader(course, command, "tiny")
    nbgrader(course, "export")
    return course


def test_the_gradebook_is_whole_and_each_has_only_what_it_earned(graded):
    with (graded / "grades.csv").open() as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    # The second question is graded with a stand-in for the first, and so earned by all of them.
    assert scores.pop("honest") == 10
    assert scores.keys() == WORST.keys()
    assert set(scores.values()) <= {0, 4}


def test_nothing_got_out(graded):
    for path in graded.glob("autograded/*/tiny/tiny.ipynb"):
        assert GOT_OUT not in path.read_text(encoding="utf-8"), path


def test_no_page_has_anything_live_of_a_submissions(graded):
    for path in graded.glob("feedback/*/tiny/tiny.html"):
        page = path.read_text(encoding="utf-8")
        assert live(page) == [], path


def test_every_grade_cell_has_one_clean_number(graded):
    for path in graded.glob("autograded/*/tiny/tiny.ipynb"):
        for one in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if one["metadata"].get("nbgrader", {}).get("grade"):
                kinds = [output["output_type"] for output in one["outputs"]]
                assert kinds == ["execute_result", "display_data"]
