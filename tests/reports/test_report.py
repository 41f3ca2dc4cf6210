"""Pages: complete in themselves, and nothing of a student's alive in them."""

from __future__ import annotations

import re
from dataclasses import replace

from autograder.reports.report import write_report
from autograder.results.model import CheckResult, QuestionResult, Result

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
CHECK = CheckResult("c", EVIL, "failed", 0.0, 4.0, EVIL, EVIL, EVIL)
RESULT = Result(
    student="ada",
    assignment="tiny",
    status="graded",
    score=0.0,
    max_score=4.0,
    questions=(QuestionResult("q", 0.0, 4.0, (CHECK,), (EVIL,)),),
    message=EVIL,
    repairs=(EVIL,),
)


def test_nothing_from_a_submission_is_live_in_a_page(tmp_path):
    evil = replace(RESULT, student='eve" onload="alert(1)<b>')
    write_report([RESULT, evil], tmp_path)
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) == 3
    for page in pages:
        text = page.read_text()
        assert "<script" not in text
        assert "<img" not in text
        assert "<b>.html" not in text


def test_pages_ask_for_nothing_from_outside(tmp_path):
    write_report([RESULT], tmp_path)
    for page in tmp_path.rglob("*.html"):
        assert not re.search(r"https?:|@import|url\(", page.read_text())


def test_the_class_report_has_scores_misconceptions_and_who_needs_a_human(tmp_path):
    right = replace(CHECK, outcome="passed", score=4.0, misconception=None, title="A claim")
    fine = replace(
        RESULT,
        student="bob",
        score=4.0,
        message="",
        repairs=(),
        questions=(QuestionResult("q", 4.0, 4.0, (right,)),),
    )
    named = replace(CHECK, misconception="forgets-the-sign", hint="Mind it.", title="A claim")
    wrong = replace(
        RESULT, questions=(QuestionResult("q", 0.0, 4.0, (named,)),), repairs=("Mended.",)
    )
    text = write_report([wrong, fine], tmp_path).read_text()
    for words in ("forgets-the-sign", "Mind it.", "Mended.", "50 %", 'href="feedback/bob.html"'):
        assert words in text


def test_a_page_of_a_student_who_is_gone_is_taken_away(tmp_path):
    write_report([RESULT, replace(RESULT, student="bob")], tmp_path)
    write_report([RESULT], tmp_path)
    assert [page.name for page in (tmp_path / "feedback").iterdir()] == ["ada.html"]


def test_a_reason_that_many_checks_share_is_said_once_and_a_hint_is_not_repeated(tmp_path):
    late = replace(CHECK, outcome="timeout", message="stopped after 3 s", hint=None)
    alone = replace(CHECK, title="One", message="got 1", hint="Mind `x`.")
    other = replace(alone, title="Another", message="got 2")
    checks = (*(replace(late, title=f"Late {n}") for n in range(4)), alone, other)
    told = replace(RESULT, questions=(QuestionResult("q", 0.0, 24.0, checks),))
    write_report([told], tmp_path)
    text = (tmp_path / "feedback/ada.html").read_text()
    assert text.count("stopped after 3 s") == 1
    assert "4 checks: did not come back in time" in text
    assert all(text.count(f"Late {n}") == 1 for n in range(4))
    assert text.count("Hint: Mind <code>x</code>.") == 1
    assert text.index("Hint: Mind") < text.index("got 2") < text.index("Hint: as above.")


def test_the_reason_why_nothing_could_be_run_stands_at_the_top_alone(tmp_path):
    why = "The file is cut off."
    blocked = replace(CHECK, outcome="blocked", message=why, hint=None)
    told = replace(RESULT, message=why, questions=(QuestionResult("q", 0.0, 12.0, (blocked,) * 3),))
    write_report([told], tmp_path)
    assert (tmp_path / "feedback/ada.html").read_text().count(why) == 1
