"""What the class report says: the numbers are right, the right people are named, nobody accused."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace

import pytest

from autograder.assignment.model import load
from autograder.cli.main import main
from autograder.integrations.gradescope.run import as_gradescope
from autograder.reports import item_analysis, similarity
from autograder.reports.report import write_report
from autograder.results.model import CheckResult, QuestionResult, Result, write
from tests.courses import tiny

LONG = "def double(x):\n" + "".join(
    f"    part_{n} = math.floor(x * {n}) + torch.zeros({n}).sum()\n" for n in range(12)
)


def result(student: str, passed: str, seconds: float = 1.0, **more: object) -> Result:
    checks = tuple(
        CheckResult(f"c{place}", f"Claim {place}.", "passed" if good else "failed",
                    2.0 * good, 2.0, seconds=seconds)
        for place, good in enumerate(letter == "1" for letter in passed)
    )  # fmt: skip
    score = sum(check.score for check in checks)
    questions = (QuestionResult("q", score, 2.0 * len(checks), checks),)
    found = Result(student, "tiny", "graded", score, 2.0 * len(checks), questions)
    return replace(found, **more)


ENDED = "ended its process, or broke the connection"
CLASS = [
    result("a", "110"),
    result("b", "110"),
    result("c", "110"),
    result("d", "101"),
    result("e", "101"),
    result("f", "111", seconds=9.0),
]


def test_pass_rates_discrimination_and_times_are_what_they_are_by_hand():
    told = item_analysis.look_at(CLASS)
    everyone, middle, last = told.checks
    assert (everyone.share, everyone.discrimination) == (1.0, None)  # nothing varies
    assert middle.share == pytest.approx(4 / 6, abs=1e-3)
    # of the last check the rest is 4, 4, 4, 2, 2, 4, its own 0, 0, 0, 1, 1, 1: r = −1/√2
    assert last.discrimination == pytest.approx(-(0.5**0.5), abs=1e-3)
    assert (last.seconds, told.questions[0].seconds) == (1.0, 3.0)
    assert (told.mean, told.median) == (pytest.approx(26 / 6, abs=1e-3), 4.0)


def test_of_a_handful_of_students_no_discrimination_is_told():
    assert {item.discrimination for item in item_analysis.look_at(CLASS[:4]).checks} == {None}


def test_misconceptions_are_ranked_by_students_and_bring_their_line():
    def with_mistake(student: str, name: str, hint: str | None) -> Result:
        one = result(student, "01")
        wrong = replace(one.questions[0].checks[0], misconception=name, hint=hint)
        return replace(one, questions=(replace(one.questions[0], checks=(wrong,)),))

    found = [
        with_mistake("a", "rare", "Say this."),
        with_mistake("b", "common", None),
        with_mistake("c", "common", "Say that."),
        result("d", "11"),
    ]
    told = item_analysis.look_at(found).misconceptions
    assert [(one.name, one.students, one.share, one.say) for one in told] == [
        ("common", 2, 0.5, "Say that."),
        ("rare", 1, 0.25, "Say this."),
    ]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"status": "unreadable", "message": "Empty."}, "could not be read"),
        ({"status": "grader_error", "message": "Ours."}, "the grader failed"),
        ({"repairs": ("Cell 3 was left out (cut off): …",)}, "a cell was cut off"),
        ({"repairs": ("The answer cell 'q' is there 2 times",)}, "was mended"),
        ("the code ended the process that it ran in (signal 9)", ENDED),
        ("the code broke the connection to the grader", ENDED),
        ("PermissionError: [Errno 1] …", "asked for what the room does not give"),
        ("double is of type int, which cannot be called.", "its answer is something else"),
    ],
)  # fmt: skip
def test_what_a_person_should_look_at_is_told_with_its_reason(change, kind):
    one = result("a", "00")
    if isinstance(change, str):
        checks = tuple(replace(check, message=change) for check in one.questions[0].checks)
        one = replace(one, questions=(replace(one.questions[0], checks=checks),))
    else:
        one = replace(one, **change)
    (human,) = item_analysis.look_at([one, *CLASS]).for_humans
    assert (human.student, human.kind) == ("a", kind)


def test_a_class_without_a_single_grade_has_a_report(tmp_path):
    lost = result("a", "0", status="unreadable", message="Empty.", score=0.0)
    assert "could not be read" in write_report([lost], tmp_path).read_text()


def test_the_tables_hold_what_the_page_shows_and_no_formula(tmp_path):
    write_report([*CLASS, result("=cmd", "111")], tmp_path, [])
    tree = json.loads((tmp_path / "tables" / "class.json").read_text())
    assert (tree["submissions"], tree["nearly_the_same"]) == (7, [])
    with (tmp_path / "tables" / "students.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(rows[0]["student"], rows[0]["q"], rows[0]["score"])] == [("a", "4", "4")]
    assert rows[-1]["student"] == "'=cmd"
    with (tmp_path / "tables" / "checks.csv").open(newline="") as file:
        checks = list(csv.DictReader(file))
    assert [row["check"] for row in checks] == ["", "c0", "c1", "c2"]


def graded(student: str, notebook: bytes, assignment) -> tuple[str, bytes, Result]:
    from autograder.results.scoring import no_grade

    return student, notebook, no_grade(notebook, student, assignment, "grader_error", "")


def pairs(assignment, **answers: str) -> list[similarity.Pair]:
    those = [graded(name, tiny.answered(double=text), assignment) for name, text in answers.items()]
    notebooks = {name: data for name, data, _ in those}
    return similarity.find([one for *_, one in those], notebooks, assignment)


def other(number: int) -> str:
    """Return an answer that is long and unlike the others."""
    lines = (f"    x = x.member_{number}_{n}({n} + x[{n}:{n + 1}])\n" for n in range(15))
    return "def double(x):\n" + "".join(lines)


def test_an_answer_that_is_only_renamed_and_commented_is_found(assignment):
    copied = LONG.replace("part_", "zz").replace("def", "# mine, of course\ndef")
    rest = {f"s{number}": other(number) for number in range(6)}
    (pair,) = pairs(assignment, ada=LONG, bob=copied, **rest)
    assert pair.students == ("ada", "bob")
    assert pair.questions == ("double",)
    assert pair.similarity == 1.0


def test_what_a_tenth_of_the_class_wrote_says_nothing_of_two(assignment):
    rest = {f"s{number}": other(number) for number in range(6)}
    assert pairs(assignment, a=LONG, b=LONG, c=LONG, d=LONG, **rest) == []


def test_short_answers_say_nothing_of_two(assignment):
    assert pairs(assignment, a=tiny.FORGETS, b=tiny.FORGETS, c=other(1)) == []


def test_only_what_the_result_is_of_is_compared(assignment):
    _, data, one = graded("a", tiny.answered(double=LONG), assignment)
    found = [one, replace(one, student="b")]
    assert similarity.find(found, {"a": data, "b": data + b" "}, assignment) == []


@pytest.mark.parametrize("source", ["", "'" * 50_000, '"""' * 9_999, "\\" * 50_000, "é½🙂\0" * 999])
def test_any_text_at_all_becomes_tokens_soon(source):
    assert isinstance(similarity.tokens_of(source), str)


def test_the_command_looks_at_submissions_where_it_is_given_them(course, assignment, tmp_path):
    rest = {f"s{number}": other(number) for number in range(4)}
    for name, text in {"ada": LONG, "bob": LONG, **rest}.items():
        data = tiny.answered(double=text)
        (tmp_path / f"{name}.ipynb").write_bytes(data)
        write(graded(name, data, assignment)[2], tmp_path / "results")
    rubric = str(course / "rubric.toml")
    command = ["report", str(tmp_path / "results"), "--rubric", rubric]
    assert main([*command, "--submitted", str(tmp_path)]) == 0
    text = (tmp_path / "results" / "report.html").read_text()
    assert "Nearly the same" in text
    assert "Look at both before you conclude anything." in text
    assert main(command) == 0
    assert "Nearly the same" not in (tmp_path / "results" / "report.html").read_text()


def test_hints_that_the_rubric_switches_off_reach_staff_and_no_student(tmp_path):
    root = tiny.write_course(tmp_path)
    rubric = root / "rubric.toml"
    rubric.write_text('feedback = {hints = false, staff_checks = "hidden"}\n' + rubric.read_text())
    wrong = CheckResult("c", "A claim.", "failed", 0.0, 2.0, "got 1", "The secret hint.", "a-name")
    one = result("ada", "0", questions=(QuestionResult("double", 0.0, 2.0, (wrong,)),))
    folder = tmp_path / "results"
    write(one, folder)
    course = ["--rubric", str(rubric)]
    assert main(["report", str(folder), *course]) == 0
    assert main(["export", "moodle", str(folder), *course]) == 0
    assert "The secret hint." in (folder / "report.html").read_text()
    assert "got 1" in (folder / "feedback" / "ada.html").read_text()
    assert "secret" not in (folder / "feedback" / "ada.html").read_text()
    assert "got 1" in (folder / "moodle.csv").read_text()
    assert "secret" not in (folder / "moodle.csv").read_text()
    assignment = load(rubric)
    told = json.dumps(as_gradescope(one, assignment, staff=assignment.staff_checks_shown))
    assert "secret" not in told
    assert '"visibility": "hidden"' in told


def test_the_columns_of_the_picture_are_as_high_as_their_numbers(tmp_path):
    text = write_report(CLASS, tmp_path).read_text()
    shares = [float(share) for share in re.findall(r"--share:([\d.]+)", text)]
    # five of 4 points and one of 6, of 6: in the seventh tenth and in the last
    assert shares == [0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0.2]
