"""Messages agree if they differ in nothing but chance and the student's own names."""

from __future__ import annotations

import pytest

from autograder.grading.fingerprints import Fingerprint, learn, matching_fingerprints
from autograder.grading.messages import alike, is_specific, marked, unmarked

RANGE = "f: expected pixels in [0, 1], got {}"
GRADIENT = "f: expected d z = {} at [{}], got {}"
WIDE = "f: expected standard deviation {} ± 0.1 (logvar = {}, 20,000 draws), got {}"


@pytest.mark.parametrize(
    ("one", "other", "with_marks"),
    [
        (RANGE.format("-0.7 to 1.4"), RANGE.format("-0.6 to 1.2"), RANGE.format("‹-0.7› to ‹1.4›")),
        (RANGE.format("0 to 1.4"), RANGE.format("0 to 1.2"), RANGE.format("0 to ‹1.4›")),
        # The place of the largest error depends on chance too, even if two draws agree on it.
        (
            GRADIENT.format(-1.9, "0, 0", -3.9),
            GRADIENT.format(1.1, "0, 0", 2.2),
            GRADIENT.format("‹-1.9›", "‹0›, ‹0›", "‹-3.9›"),
        ),
        ("f: expected shape (2,), got (3,)", "f: expected shape (2,), got (3,)", None),
        ("f: expected 2, got nan", "f: expected 2, got 3", "‹f: expected 2, got nan›"),
        # Estimates that agree within their errors are the same number.
        (WIDE.format(1, 2, 7.39), WIDE.format(1, 2, 7.31), None),
    ],
)
def test_what_differs_between_two_random_streams_is_marked(one, other, with_marks):
    found = marked([one, other])
    assert found == (with_marks or one)
    assert unmarked(found) == one
    assert alike(found, other)


@pytest.mark.parametrize(
    ("known", "other", "same"),
    [
        ("f: expected 2, got 3", "f: expected 2, got 3.001", True),
        ("f: expected 2, got 3", "f: expected 2, got 3.1", False),
        ("f: expected ‹2›, got ‹3›", "f: expected 5, got 8.1", True),
        ("f: expected ‹2›, got 3", "f: expected 5, got 8.1", False),
        (WIDE.format(1, 2, 7.39), WIDE.format(1, 2, 7.31), True),
        (WIDE.format(1, 2, 7.39), WIDE.format(1, 2, 6.5), False),
        (WIDE.format(1, 2, 7.39), WIDE.format(2, 3, 7.39), False),
        (
            "NameError: name 'vae' is not defined (line 8 of cell interpolate)",
            "NameError: name 'vae' is not defined (line 11 of cell interpolate)",
            True,
        ),
        (
            "f: expected a gradient in encoder.0.weight, got none",
            "f: expected a gradient in conv1.weight, got none",
            True,
        ),
        ("f: expected a gradient in mu, got none", "g: expected a gradient in mu, got none", False),
    ],
)
def test_numbers_of_chance_and_names_of_the_student_are_not_compared(known, other, same):
    assert alike(known, other) is same


def test_a_message_of_which_chance_decides_all_is_not_specific():
    assert is_specific("failed", RANGE.format("-0.7 to 1.4"))
    assert not is_specific("failed", RANGE.format("‹-0.7› to ‹1.4›"))
    assert not is_specific("failed", f"‹{RANGE.format('-0.7 to 1.4')}›")


def failures(**said: str):
    return {check: ("failed", message) for check, message in said.items()}


def matched(found, *known: Fingerprint) -> list[str]:
    return [one.name for one in matching_fingerprints(found, known)]


def test_a_mistake_is_named_whatever_it_draws_and_a_check_may_fail_by_chance():
    shape = "f: expected shape (2,), got (3,)"
    learned = learn(
        "halved",
        "",
        [
            failures(a=shape, b=RANGE.format("-0.7 to 1.4"), c="f: expected 2, got 3"),
            failures(a=shape, b=RANGE.format("-0.6 to 1.2")),
        ],
    )
    assert learned.perhaps == {"c"}
    other = RANGE.format("-9 to 3")
    assert matched(failures(a=shape, b=other), learned) == ["halved"]
    assert matched(failures(a=shape, b=other, c="f: expected 7, got 8"), learned) == ["halved"]
    assert matched(failures(a=shape), learned) == []
    assert matched(failures(a=shape, b=other, d=shape), learned) == []
    assert matched(failures(a="f: expected shape (2,), got (4,)", b=other), learned) == []


def test_where_chance_alone_tells_two_mistakes_apart_only_equal_numbers_name_one():
    shape = "f: expected shape (2,), got (3,)"
    known = [
        learn(
            name,
            "",
            [failures(a=shape, b=RANGE.format(came)) for came in (numbers, "-5 to 5")],
        )
        for name, numbers in (("one", "-0.7 to 1.4"), ("two", "-0.2 to 1.1"))
    ]
    assert matched(failures(a=shape, b=RANGE.format("-0.2 to 1.1")), *known) == ["two"]
    assert matched(failures(a=shape, b=RANGE.format("-9 to 1.1")), *known) == ["one", "two"]
