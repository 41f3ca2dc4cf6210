"""Outcomes of checks that end with an exception of their own."""

from __future__ import annotations

import pytest

from checkkit.runner import run_checks

CHECKS = '''
import helper


def check_plain(answer):
    """A plain assert."""
    assert answer(1) == 2, "expected 2"


def check_without_message(answer):
    """A plain assert without a message."""
    assert answer(1) == 2


def check_by_helper(answer):
    """An assert in a helper beside the check."""
    helper.is_two(answer(1))


def check_broken(answer):
    """A check that is broken."""
    answer(1).no_such_attribute


def check_that_cannot_compare(answer):
    """A library's assertion about the check's own input."""
    import numpy.testing
    numpy.testing.assert_equal(1, 2)
'''


@pytest.fixture
def reports(tmp_path, monkeypatch):
    (tmp_path / "check_answer.py").write_text(CHECKS)
    (tmp_path / "helper.py").write_text("def is_two(value):\n    assert value == 2, 'not two'\n")
    monkeypatch.syspath_prepend(tmp_path)

    def run(answer):
        found = run_checks(
            [tmp_path / "check_answer.py"], {"answer": answer}, unexpected="grader_error"
        )
        return {report.id: report for report in found}

    return run


def test_a_plain_assert_of_a_check_that_fails_is_a_failed_check(reports):
    found = reports(lambda x: x)
    for name in ("plain", "without_message", "by_helper"):
        assert found[name].outcome == "failed"
    assert "expected 2" in found["plain"].message
    assert "not two" in found["by_helper"].message


def test_a_plain_assert_that_holds_is_a_passed_check(reports):
    found = reports(lambda x: 2 * x)
    assert {found[name].outcome for name in ("plain", "without_message", "by_helper")} == {"passed"}


def test_any_other_exception_of_a_check_is_the_checkers_own_fault(reports):
    found = reports(lambda x: 2 * x)
    assert found["broken"].outcome == "grader_error"
    assert found["that_cannot_compare"].outcome == "grader_error"
