"""The class report: its statistics, the submissions to review, similar answers."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace

import pytest

from autograder.assignment.rubric import load
from autograder.cli.main import main
from autograder.integrations.gradescope.run import as_gradescope
from autograder.reports.class_page import class_page
from autograder.reports.item_analysis import Spread, analyze
from autograder.reports.report import write_report
from autograder.reports.similarity import SimilarPair, find_similar, tokens_of
from autograder.results.files import write
from autograder.results.model import Result, StoredArtifact
from tests import made
from tests.courses import tiny

LONG = "def double(x):\n" + "".join(
    f"    part_{n} = math.floor(x * {n}) + torch.zeros({n}).sum()\n" for n in range(12)
)


def result(student: str, passed: str, seconds: float = 1.0, **more: object) -> Result:
    checks = [
        made.check(f"c{place}", f"Claim {place}.", "passed" if good else "failed", seconds=seconds)
        for place, good in enumerate(letter == "1" for letter in passed)
    ]
    question = made.question_of_each("q", checks, 2.0)
    found = Result(student, "tiny", "graded", question.score, question.max_score, (question,))
    return replace(found, **more)


ENDED = "ended its process or broke the connection"
CLASS = [
    result("a", "110"),
    result("b", "110"),
    result("c", "110"),
    result("d", "101"),
    result("e", "101"),
    result("f", "111", seconds=9.0),
]


def test_pass_rates_discrimination_and_times_match_a_calculation_by_hand():
    report = analyze(CLASS)
    everyone, middle, last = report.checks
    assert (everyone.share, everyone.discrimination) == (1.0, None)  # nothing varies
    assert middle.share == pytest.approx(4 / 6, abs=1e-3)
    # last check: 0, 0, 0, 1, 1, 1, all other points: 4, 4, 4, 2, 2, 4, so r = −1/√2
    assert last.discrimination == pytest.approx(-(0.5**0.5), abs=1e-3)
    assert (last.seconds, report.questions[0].seconds) == (1.0, 3.0)
    assert (report.mean, report.median) == (pytest.approx(26 / 6, abs=1e-3), 4.0)


def test_fewer_than_five_students_have_no_discrimination():
    assert {item.discrimination for item in analyze(CLASS[:4]).checks} == {None}


def test_misconceptions_are_ranked_by_number_of_students_and_have_a_hint():
    def with_mistake(student: str, name: str, hint: str | None) -> Result:
        one = result(student, "01")
        wrong = replace(one.questions[0].checks[0], misconception=name, hint=hint)
        return replace(one, questions=(made.question("q", 0.0, 2.0, [wrong]),))

    found = [
        with_mistake("a", "rare", "Say this."),
        with_mistake("b", "common", None),
        with_mistake("c", "common", "Say that."),
        result("d", "11"),
    ]
    misconceptions = analyze(found).misconceptions
    assert [(one.name, one.students, one.share, one.say, one.who) for one in misconceptions] == [
        ("common", 2, 0.5, "Say that.", ("b", "c")),
        ("rare", 1, 0.25, "Say this.", ("a",)),
    ]


def test_the_spread_is_that_of_the_students_who_have_a_score():
    # points: 4, 4, 4, 4, 4, 6
    unread = result("z", "000", status="unreadable", score=None)
    report = analyze([*CLASS, unread])
    assert (report.submissions, report.graded) == (7, 6)
    assert report.spread.deviation == pytest.approx((5 / 9) ** 0.5, abs=1e-3)
    assert report.spread.quartiles == (4, 4, 4)
    assert report.spreads["q"] == report.spread
    four = [result(name, "1" * passed + "0") for passed, name in enumerate("abcd")]
    assert analyze(four).spread.quartiles == (1.5, 3, 4.5)  # of 0, 2, 4, 6 points
    assert analyze(four[1:2]).spread == Spread(2, 0, (2, 2, 2))
    assert analyze([unread]).spread is None


def test_the_page_names_who_has_a_misconception_and_leads_to_their_pages(tmp_path):
    wrong = made.check("c", "A claim.", "failed", "got 1", misconception="a-name")
    question = made.question("q", 0.0, 2.0, [wrong])
    found = [Result(name, "tiny", "graded", 0.0, 2.0, (question,)) for name in ("ada", "<b>")]
    text = write_report(found, tmp_path).read_text(encoding="utf-8")
    folded = text.split("<summary>who</summary>")[1].split("</details>")[0]
    assert folded.count("<a href=") == 2
    assert 'href="feedback/ada.html"' in folded
    assert "<b>" not in folded


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"status": "unreadable", "message": "Empty."}, "could not be read"),
        ({"status": "grader_error", "message": "Ours."}, "grader error"),
        ({"repairs": ("Cell 3 was cut off: …",)}, "a cell was cut off"),
        ({"repairs": ("The answer cell 'q' is there 2 times",)}, "was repaired"),
        ("the code ended the process that it ran in (signal 9)", ENDED),
        ("the code broke the connection to the grader", ENDED),
        ("PermissionError: [Errno 1] …", "was denied access by the sandbox"),
        ("double is of type int, which cannot be called.", "the answer cannot be called"),
    ],
)  # fmt: skip
def test_submissions_to_review_are_listed_with_a_reason(change, kind):
    one = result("a", "00")
    if isinstance(change, str):
        (question,) = one.questions
        checks = [replace(check, message=change) for check in question.checks]
        one = replace(one, questions=(question.with_checks(checks),))
    else:
        one = replace(one, **change)
    (review,) = analyze([one, *CLASS]).for_humans
    assert (review.student, review.kind) == ("a", kind)


def test_a_class_without_any_grade_has_a_report(tmp_path):
    lost = result("a", "0", status="unreadable", message="Empty.", score=None)
    assert "could not be read" in write_report([lost], tmp_path).read_text()


def test_the_tables_contain_the_data_of_the_page_and_no_formula(tmp_path):
    write_report([*CLASS, result("=cmd", "111")], tmp_path, [])
    tree = json.loads((tmp_path / "tables" / "class.json").read_text())
    assert (tree["submissions"], tree["nearly_the_same"]) == (7, [])
    with (tmp_path / "tables" / "students.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(rows[0]["student"], rows[0]["q"], rows[0]["score"])] == [("a", "4", "4")]
    assert rows[-1]["student"] == "'=cmd"
    with (tmp_path / "tables" / "checks.csv").open(newline="") as file:
        checks = list(csv.DictReader(file))
    assert [(row["criterion"], row["check"]) for row in checks] == [
        ("", ""),
        *((name, "") for name in ("c0", "c1", "c2")),
        *((name, name) for name in ("c0", "c1", "c2")),
    ]


def graded(student: str, notebook: bytes, assignment) -> tuple[str, bytes, Result]:
    from autograder.results.scoring import uniform_result

    return student, notebook, uniform_result(notebook, student, assignment, "grader_error", "")


def similar(assignment, **answers: str) -> list[SimilarPair]:
    those = [graded(name, tiny.answered(double=text), assignment) for name, text in answers.items()]
    notebooks = {name: data for name, data, _ in those}
    return find_similar([one for *_, one in those], notebooks.items(), assignment)


def other(number: int) -> str:
    """Return an answer that is long and unlike the others."""
    lines = (f"    x = x.member_{number}_{n}({n} + x[{n}:{n + 1}])\n" for n in range(15))
    return "def double(x):\n" + "".join(lines)


def test_an_answer_with_other_names_and_comments_is_found(assignment):
    copied = LONG.replace("part_", "zz").replace("def", "# mine, of course\ndef")
    rest = {f"s{number}": other(number) for number in range(6)}
    (pair,) = similar(assignment, ada=LONG, bob=copied, **rest)
    assert pair.students == ("ada", "bob")
    assert pair.questions == ("double",)
    assert pair.similarity == 1.0


def test_an_answer_that_a_tenth_of_the_class_gave_is_not_reported(assignment):
    rest = {f"s{number}": other(number) for number in range(6)}
    assert similar(assignment, a=LONG, b=LONG, c=LONG, d=LONG, **rest) == []


def test_short_answers_are_not_reported(assignment):
    assert similar(assignment, a=tiny.FORGETS, b=tiny.FORGETS, c=other(1)) == []


def test_a_notebook_that_changed_after_grading_is_not_compared(assignment):
    _, data, one = graded("a", tiny.answered(double=LONG), assignment)
    found = [one, replace(one, student="b")]
    notebooks = [("a", data), ("b", data + b" ")]
    assert find_similar(found, notebooks, assignment) == []


@pytest.mark.parametrize("source", ["", "'" * 50_000, '"""' * 9_999, "\\" * 50_000, "é½🙂\0" * 999])
def test_any_text_is_tokenized_quickly(source):
    assert isinstance(tokens_of(source), str)


def test_the_report_compares_submissions_if_they_are_given(course, assignment, tmp_path):
    rest = {f"s{number}": other(number) for number in range(4)}
    for name, text in {"ada": LONG, "bob": LONG, **rest}.items():
        data = tiny.answered(double=text)
        (tmp_path / f"{name}.ipynb").write_bytes(data)
        write(graded(name, data, assignment)[2], tmp_path / "results")
    rubric = str(course / "rubric.toml")
    command = ["report", str(tmp_path / "results"), "--rubric", rubric]
    assert main([*command, "--submitted", str(tmp_path)]) == 0
    text = (tmp_path / "results" / "report.html").read_text()
    assert "Similar answers" in text
    assert "Compare both before you draw any conclusion." in text
    assert main(command) == 0
    assert "Similar answers" not in (tmp_path / "results" / "report.html").read_text()


def test_hints_that_the_rubric_switches_off_reach_instructors_and_no_student(tmp_path):
    root = tiny.write_course(tmp_path)
    rubric = root / "rubric.toml"
    rubric.write_text('feedback = {hints = false, staff_checks = "hidden"}\n' + rubric.read_text())
    wrong = made.check(
        "c", "A claim.", "failed", "got 1", hint="The secret hint.", misconception="a-name"
    )
    one = result("ada", "0", questions=(made.question("double", 0.0, 2.0, [wrong]),))
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
    for_gradescope = as_gradescope(one, assignment, staff=assignment.staff_checks_shown)
    text = json.dumps(for_gradescope)
    assert "secret" not in text
    assert '"visibility": "hidden"' in text


def test_the_bars_of_the_histogram_are_as_high_as_their_counts(tmp_path):
    text = write_report(CLASS, tmp_path).read_text()
    shares = [float(share) for share in re.findall(r"--share:([\d.]+)", text)]
    # five students have 4 of 6 points, one has 6: the seventh bin and the last
    assert shares == [0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0.2]


def test_the_page_of_a_large_class_is_small_whatever_its_students_made():
    picture = StoredArtifact("Samples", "A caption.", count=20, png="iVBORw0KGgo" * 3000)
    seen = made.check("seen", outcome="failed", message="long " * 400, shown=(picture,))
    shown = made.question("q", 0.0, 4.0, [seen])
    students = [replace(CLASS[0], student=f"s{n:04}", questions=(shown,)) for n in range(200)]
    sizes = [len(class_page(some, analyze(some), None)) for some in (students[:100], students)]
    assert sizes[1] - sizes[0] < 100 * 500, "1,000 students in half a megabyte"


def test_a_long_table_scrolls_by_itself():
    def tall(students: int) -> list[str]:
        some = [replace(CLASS[0], student=f"s{n}", repairs=("x",)) for n in range(students)]
        return re.findall(
            r'class="scroll tall".*?aria-label="([^"]*)"', class_page(some, analyze(some), None)
        )

    assert tall(50) == []
    assert tall(51) == ["submissions to review", "students"]
