"""Feedback pages and class report: self-contained, and every text escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

from markupsafe import escape

from autograder.assignment.outline import Outline
from autograder.reports.feedback import HAND_IN_AGAIN, in_short
from autograder.reports.feedback_page import question_html
from autograder.reports.html import script_of
from autograder.reports.report import write_report
from autograder.results.model import (
    CodeLine,
    CriterionResult,
    Deduction,
    QuestionResult,
    Result,
    StoredArtifact,
)
from tests import made

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
LINE_OF_EVIL = CodeLine(EVIL, 1, EVIL, begins=True)
CHECK = made.check("c", EVIL, "failed", EVIL, hint=EVIL, misconception=EVIL, code=LINE_OF_EVIL)
CRITERION = CriterionResult("k", EVIL, 0.0, 4.0, (CHECK,))
QUESTION = QuestionResult("q", 0.0, 4.0, (CRITERION,), (Deduction(1.0, EVIL),), (EVIL,))
RESULT = Result(
    student="ada",
    assignment="tiny",
    status="graded",
    score=0.0,
    max_score=4.0,
    questions=(QUESTION,),
    message=EVIL,
    repairs=(EVIL,),
)


def test_every_text_of_a_submission_is_escaped(tmp_path):
    evil = replace(RESULT, student='eve" onload="alert(1)<b>')
    write_report([RESULT, evil], tmp_path)
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) == 3
    for page in pages:
        text = page.read_text().replace(f"<script>{script_of('sort.js')}</script>", "")
        assert "<script" not in text
        assert "<img" not in text
        assert "<b>.html" not in text


def test_pages_load_nothing_from_outside(tmp_path):
    write_report([RESULT], tmp_path)
    for page in tmp_path.rglob("*.html"):
        assert not re.search(r"https?:|@import|url\(", page.read_text())


def test_the_class_report_has_scores_misconceptions_and_submissions_to_review(tmp_path):
    right = made.check("c", "A claim")
    fine = replace(
        RESULT,
        student="bob",
        score=4.0,
        message="",
        repairs=(),
        questions=(made.question("q", 4.0, 4.0, [right]),),
    )
    named = replace(CHECK, misconception="forgets-the-sign", hint="Mind it.", title="A claim")
    wrong = replace(
        RESULT, questions=(made.question("q", 0.0, 4.0, [named]),), repairs=("Repaired.",)
    )
    text = write_report([wrong, fine], tmp_path).read_text()
    for words in ("forgets-the-sign", "Mind it.", "Repaired.", "50 %", 'href="feedback/bob.html"'):
        assert words in text


def test_the_page_of_a_student_who_left_is_removed(tmp_path):
    write_report([RESULT, replace(RESULT, student="bob")], tmp_path)
    write_report([RESULT], tmp_path)
    assert [page.name for page in (tmp_path / "feedback").iterdir()] == ["ada.html"]


def page_of(tmp_path, *criteria: CriterionResult, **more: object) -> str:
    question = QuestionResult("q", 0.0, 24.0, criteria)
    changed = replace(RESULT, message="", repairs=(), questions=(question,), **more)
    write_report([changed], tmp_path)
    page = (tmp_path / "feedback/ada.html").read_text()
    return page.replace(' style="display:inline-block"', "")


def test_the_page_says_what_to_mend_first_and_which_criteria_are_met(tmp_path):
    alone = made.check("a", "One.", "failed", "got 1", hint="Mind `x`.")
    text = page_of(
        tmp_path,
        CriterionResult("k", "does this", 8.0, 8.0, (made.check("b"),)),
        CriterionResult("l", "does that", 0.0, 8.0, (alone,)),
        CriterionResult("m", "does more", 3.0, 8.0, (made.check("c", outcome="timeout"),)),
    )
    assert "1 of 3 criteria is met." in text
    first = text.partition('class="first"')[2].partition("</div>")[0]
    assert "does that" in first
    assert "got 1" in first
    assert "Hint: Mind <code>x</code>." in first
    assert text.count("got 1") == 1
    for words in ("8 / 8, met", "0 / 8, not met", "3 / 8, partly met"):
        assert words in text


def test_checks_with_one_message_and_consequences_are_folded_below_their_cause(tmp_path):
    late = [made.check(f"l{n}", f"Late {n}.", "timeout", f"stopped after {n} s") for n in range(4)]
    follows = made.check("f", "Follows.", "failed", "got 25", because="l0")
    text = page_of(
        tmp_path,
        CriterionResult("k", "is fast", 0.0, 8.0, tuple(late)),
        CriterionResult("l", "does that", 8.0, 8.0, (follows,)),
    )
    assert text.count("stopped after") == 1
    assert "3 more checks say the same" in text
    assert "one more check fails for this reason, which costs nothing more" in text
    assert "got 25" not in text
    assert "failed, because of another mistake: costs nothing more" in text


def test_a_hint_is_given_once(tmp_path):
    checks = [made.check(f"c{n}", "A.", "failed", f"got {n}", hint="Mind it.") for n in range(3)]
    criteria = [CriterionResult(one.id, one.id, 0.0, 8.0, (one,)) for one in checks]
    text = page_of(tmp_path, *criteria)
    assert text.count("Hint: Mind it.") == 1


def test_what_was_mended_is_said(tmp_path):
    mended = made.check("c", mend="It was resized.", unmended_outcome="failed")
    text = page_of(tmp_path, CriterionResult("k", "does this", 8.0, 8.0, (mended,)))
    assert "something was mended. It was resized." in text


def test_the_reason_why_nothing_could_be_run_is_said_once_a_question(tmp_path):
    why = "f is not defined: its cell is empty."
    blocked = tuple(made.check(f"c{n}", outcome="blocked", message=why) for n in range(3))
    text = page_of(tmp_path, CriterionResult("k", "does this", 0.0, 8.0, blocked))
    assert text.count(why) == 1


def test_an_unreadable_file_has_no_score_and_its_page_says_what_to_do(tmp_path):
    page_of(tmp_path)
    changed = replace(RESULT, status="unreadable", score=None, message="The file is cut off.")
    write_report([changed], tmp_path)
    text = (tmp_path / "feedback/ada.html").read_text()
    assert "– / 4" in text
    assert text.count("The file is cut off.") == 1
    assert "Hand in again" in text
    assert "Still to come" not in text
    assert '<td class="number"><b>–</b></td>' in (tmp_path / "report.html").read_text()


def test_the_one_script_is_ours_on_the_class_report_and_allowed_by_its_hash(tmp_path):
    report = write_report([RESULT], tmp_path).read_text()
    script = script_of("sort.js")
    assert report.count("<script") == 1
    assert f"<script>{script}</script>" in report
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in report
    feedback = (tmp_path / "feedback/ada.html").read_text()
    assert "script" not in feedback.replace(str(escape(EVIL)), "")


LINE = CodeLine("q", 7, "def decode(self, z):", begins=True)


def test_the_students_own_line_is_quoted_once(tmp_path):
    checks = [made.check(f"c{n}", "A.", "failed", f"got {n}", code=LINE) for n in range(2)]
    raised = made.check("c2", "B.", "error", "odd", code=replace(LINE, number=9, begins=False))
    elsewhere = replace(LINE, cell="cell 12", text="def <b>")
    moved = made.check("c3", "C.", "failed", "got 3", code=elsewhere)
    criteria = [CriterionResult(one.id, "", 0.0, 8.0, (one,)) for one in (*checks, raised, moved)]
    text = page_of(tmp_path, *criteria)
    assert text.count("In your code, from line 7 on: <code>def decode(self, z):</code>") == 1
    assert "In your code, line 9: <code>" in text
    assert "In your code, from line 7 on of cell 12: <code>def &lt;b&gt;</code>" in text


def test_the_line_that_is_no_python_is_quoted_with_the_reason(tmp_path):
    line = CodeLine("q", 5, "def f(x:", begins=False)
    blocked = made.check("c", outcome="blocked", message="its cell failed", code=line)
    text = page_of(tmp_path, CriterionResult("k", "does this", 0.0, 8.0, (blocked,)))
    first = text.partition('class="first"')[2].partition("</div>")[0]
    assert "its cell failed" in first
    assert "In your code, line 5: <code>def f(x:</code>" in first


def test_the_page_ends_with_what_is_still_to_come(tmp_path):
    right = replace(RESULT, message="", repairs=(), questions=(made.question("q", 4, 4, []),))
    write_report([right], tmp_path, outline=Outline({}, 20.0))
    text = (tmp_path / "feedback/ada.html").read_text()
    assert "points, of 24 with the written answers" in text
    end = text.partition("Still to come")[2]
    assert "Written answers are graded by a person: 20 more points." in end


def test_the_section_to_read_again_is_named_where_points_were_lost(tmp_path):
    checks = made.check("a", outcome="failed", message="no"), made.check("b")
    lost = QuestionResult("q", 0.0, 4.0, (CriterionResult("k", "", 0.0, 4.0, checks[:1]),))
    right = QuestionResult("r", 4.0, 4.0, (CriterionResult("k", "", 4.0, 4.0, checks[1:]),))
    outline = Outline({"q": "The `loss`: two wishes", "r": "The trick"})
    write_report([replace(RESULT, questions=(lost, right))], tmp_path, outline=outline)
    text = (tmp_path / "feedback/ada.html").read_text()
    named = "Read again in the notebook: <strong>The <code>loss</code>: two wishes</strong>"
    assert text.count("Read again") == text.count(named) == 1


def test_the_parts_of_a_question_are_in_order(tmp_path):
    shown = StoredArtifact("Curve", "", numbers=(2.0, 1.0))
    lost = made.check("a", "A.", "failed", "got 1", hint="Mind it.", code=LINE, shown=(shown,))
    follows = made.check("f", "Follows.", "failed", "got 25", because="a")
    criteria = (CriterionResult("k", "does this", 0.0, 4.0, (lost, follows)),)
    wrong = replace(RESULT, questions=(QuestionResult("q", 0.0, 4.0, criteria),))
    write_report([wrong], tmp_path, outline=Outline({"q": "The loss"}, 5.0))
    text = (tmp_path / "feedback/ada.html").read_text()
    parts = (
        "most points can be won", "The criterion is not met.", "Mend this first",
        "does this", "got 1", "In your code", "Hint: Mind it.", "costs nothing more",
        "0 / 4, not met", "<svg",
        "Read again", "all 2 checks", "Still to come",
    )  # fmt: skip
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_in_short_each_criterion_has_its_first_failure_only():
    named = made.check("b", "B.", "failed", "got 2", hint="Mind it.", misconception="no-sign")
    other = made.check("a", "A.", "failed", "got 1", hint="Not this.")
    late = made.check("c", "C.", "timeout", hint="Mind it.")
    follows = made.check("d", "D.", "failed", "got 4", because="b")
    criteria = (
        CriterionResult("k", "does this", 0.0, 8.0, (other, named)),
        CriterionResult("l", "does that", 3.0, 8.0, (late,)),
        CriterionResult("m", "does more", 4.0, 4.0, (follows, made.check("e"))),
    )
    question = QuestionResult("q", 6.0, 20.0, criteria, (Deduction(1.0, "Misspelt."),))
    assert in_short(question, ("Repaired.",)).splitlines() == [
        "q: 6 / 20",
        "  Repaired.",
        "  less 1: Misspelt.",
        "  ✗ 0 / 8  does this",
        "    got 2",
        "    hint: Mind it.",
        "  ✗ 3 / 8  does that",
        "    C. (timed out)",
    ]


def test_in_short_a_reason_for_everything_is_said_once():
    blocked = [made.check(f"c{n}", outcome="blocked", message="The stub.") for n in range(3)]
    question = made.question("q", 0.0, 4.0, blocked)
    assert in_short(question).splitlines() == ["q: 0 / 4", "  The stub."]


def test_a_question_of_a_file_that_could_not_be_read_has_no_criteria_and_no_grader_that_failed():
    blocked = made.check("c", outcome="blocked", message="It is cut off.")
    question = made.question("q", 0.0, 4.0, [blocked])
    text = question_html(replace(question, score=None), ("It is cut off.", HAND_IN_AGAIN))
    assert "There was nothing to grade" in text
    assert "Hand in again" in text
    assert "not met" not in text
    assert "grader failed" not in text


def test_a_message_is_said_once_in_a_question(tmp_path):
    gone = [made.check(f"c{n}", f"Claim {n}.", "error", "it ended its process") for n in range(3)]
    text = page_of(tmp_path, *(CriterionResult(one.id, "", 0.0, 8.0, (one,)) for one in gone))
    assert text.count("it ended its process") == 1
    assert text.count("for the same reason as above") == 2


def test_the_verdict_does_not_call_everything_right_where_points_were_taken_off(tmp_path):
    less = Deduction(1.0, "Misspelt.")
    met = CriterionResult("k", "does this", 4.0, 4.0, (made.check("c"),))
    question = QuestionResult("q", 3.0, 4.0, (met,), (less,))
    write_report([replace(RESULT, score=3.0, questions=(question,))], tmp_path)
    text = (tmp_path / "feedback/ada.html").read_text()
    assert "All criteria are met, and points were taken off in q." in text
    assert "is right" not in text
