"""Feedback pages and class report: self-contained, and every text escaped."""

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


def test_every_text_of_a_submission_is_escaped(tmp_path):
    evil = replace(RESULT, student='eve" onload="alert(1)<b>')
    write_report([RESULT, evil], tmp_path)
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) == 3
    for page in pages:
        text = page.read_text()
        assert "<script" not in text
        assert "<img" not in text
        assert "<b>.html" not in text


def test_pages_load_nothing_from_outside(tmp_path):
    write_report([RESULT], tmp_path)
    for page in tmp_path.rglob("*.html"):
        assert not re.search(r"https?:|@import|url\(", page.read_text())


def test_the_class_report_has_scores_misconceptions_and_submissions_to_review(tmp_path):
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
        RESULT, questions=(QuestionResult("q", 0.0, 4.0, (named,)),), repairs=("Repaired.",)
    )
    text = write_report([wrong, fine], tmp_path).read_text()
    for words in ("forgets-the-sign", "Mind it.", "Repaired.", "50 %", 'href="feedback/bob.html"'):
        assert words in text


def test_the_page_of_a_student_who_left_is_removed(tmp_path):
    write_report([RESULT, replace(RESULT, student="bob")], tmp_path)
    write_report([RESULT], tmp_path)
    assert [page.name for page in (tmp_path / "feedback").iterdir()] == ["ada.html"]


def test_a_reason_that_many_checks_share_and_a_repeated_hint_are_shown_once(tmp_path):
    late = replace(CHECK, outcome="timeout", message="stopped after 3 s", hint=None)
    alone = replace(CHECK, title="One", message="got 1", hint="Mind `x`.")
    other = replace(alone, title="Another", message="got 2")
    checks = (*(replace(late, title=f"Late {n}") for n in range(4)), alone, other)
    changed = replace(RESULT, questions=(QuestionResult("q", 0.0, 24.0, checks),))
    write_report([changed], tmp_path)
    text = (tmp_path / "feedback/ada.html").read_text()
    assert text.count("stopped after 3 s") == 1
    assert "4 checks: timed out" in text
    assert all(text.count(f"Late {n}") == 1 for n in range(4))
    assert text.count("Hint: Mind <code>x</code>.") == 1
    assert text.index("Hint: Mind") < text.index("got 2") < text.index("Hint: see above.")


def test_the_reason_why_nothing_could_be_run_is_shown_only_at_the_top(tmp_path):
    why = "The file is cut off."
    blocked = replace(CHECK, outcome="blocked", message=why, hint=None)
    changed = replace(
        RESULT, message=why, questions=(QuestionResult("q", 0.0, 12.0, (blocked,) * 3),)
    )
    write_report([changed], tmp_path)
    assert (tmp_path / "feedback/ada.html").read_text().count(why) == 1
