"""What `expect` says: the fact in one form, hints on evidence, and nothing unsafe to show."""

from __future__ import annotations

import re

import pytest
import torch

import checkkit
from checkkit import expect, side_by_side, wording
from checkkit.error_advice import advice
from checkkit.expect import Failure, KnownMistake


def message_of(call, *args, **kwargs) -> str:
    with pytest.raises(Failure) as caught:
        call(*args, **kwargs)
    return caught.value.message


def test_the_shape_is_compared_exactly_and_before_the_values():
    got = message_of(expect.tensor, torch.full((1,), float("nan")), "f: value", ())
    assert got == "f: value: expected shape (), got (1,)"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None"),
        ([1, 2], "a list of 2"),
        (3.5, "the number 3.5"),
        ("x" * 200, "the text “" + "x" * 79 + "…”"),
        ({}, "an object of type dict"),
    ],
)
def test_a_value_that_is_no_tensor_is_described(value, words):
    assert message_of(expect.tensor, value, "f", (2,)).endswith(f"got {words}")


def test_text_from_an_answer_is_cut_and_escaped():
    shown = wording.plain("\x1b[31m\n\u202e" + "y" * 100)
    assert shown.startswith("\\x1b[31m\\x0a\\x202e")
    assert shown.isprintable()


@pytest.mark.parametrize(("got", "hint"), [(2.0, "twice"), (3.0, None)])
def test_a_hint_is_given_only_if_the_value_is_that_of_the_mistake(got, hint):
    with pytest.raises(Failure) as caught:
        expect.close(torch.tensor(got), 1.0, "f: v", mistakes=[KnownMistake(2.0, "twice", "two")])
    assert caught.value.hint == hint


def test_two_mistakes_that_give_the_same_value_are_no_evidence():
    mistakes = [KnownMistake(2.0, "twice"), KnownMistake(2.0, "squared")]
    with pytest.raises(Failure) as caught:
        expect.close(torch.tensor(2.0), 1.0, "f: v", mistakes=mistakes)
    assert caught.value.hint is None


def test_a_mistake_that_gives_the_right_value_is_no_evidence():
    expect.close(torch.tensor(1.0), 1.0, "f: v", mistakes=[KnownMistake(1.0, "the same")])


def test_numbers_are_written_with_the_digits_in_which_they_differ():
    assert wording.tell_apart(1.0, 1.00004) == ("1", "1.000")


@pytest.mark.parametrize(
    "value",
    [
        torch.rand(2, 3, 25, 25),
        torch.rand(2, 1, 300, 300),
        torch.zeros(0, 1, 25, 25),
        torch.rand(2, 1, 25, 25).to_sparse(),
        torch.rand(2, 1, 25, 25, dtype=torch.complex64),
    ],
    ids=["three channels", "huge", "none", "sparse", "complex"],
)
def test_a_failure_has_no_images_if_they_cannot_be_drawn(value):
    with pytest.raises(Failure, match="expected shape") as caught:
        expect.tensor(value, "f", (4, 1, 28, 28))
    assert caught.value.images is None


def test_images_of_another_size_are_kept_with_the_expected_size():
    with pytest.raises(Failure) as caught:
        expect.tensor(torch.rand(7, 1, 8, 9), "f", (7, 1, 16, 12))
    images = caught.value.images
    assert images.expected is None
    assert (images.got.shape, images.size) == ((5, 8, 9), (16, 12))
    html = side_by_side.html(images)
    assert 'alt="Left, what was expected: pictures of 12 × 16 pixels.' in html
    assert "3 of 9 × 8 pixels." in html


def test_values_of_another_shape_are_a_mistake_of_the_check():
    with pytest.raises(AssertionError, match="tensors of one shape only"):
        expect.close(torch.zeros(2, 1), torch.zeros(2), "f")


def test_the_largest_error_is_named_by_its_index():
    got = message_of(expect.close, torch.tensor([[0.0, 1.0], [2.0, 9.0]]), torch.zeros(2, 2), "f")
    assert got == "f: expected 0 at [1, 1], got 9"


def test_evidence_that_raises_gives_no_hint():
    with pytest.raises(Failure) as caught:
        expect.close(torch.tensor(2.0), 1.0, "f: v", evidence=lambda: 1 / 0)
    assert (caught.value.message, caught.value.hint) == ("f: expected v = 1, got 2", None)


def test_an_estimate_may_be_off_by_its_limit():
    expect.estimate(1.1, 1.0, 0.2, "f: mean", "9 draws")
    mistakes = [KnownMistake(2.0, "twice", "doubled")]
    with pytest.raises(Failure, match=r"f: expected mean 1 ± 0.200 \(9 draws\), got 1.9") as caught:
        expect.estimate(1.9, 1.0, 0.2, "f: mean", "9 draws", mistakes=mistakes)
    assert caught.value.misconception == "doubled"


def test_an_input_changed_in_place_is_named():
    x = torch.zeros(2)
    expect.unchanged("f", x=(x, x.clone()))
    got = message_of(expect.unchanged, "f", x=(x, x + 1))
    assert got == "f: expected x to be left as it was, but it was changed in place"


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (
            "mat1 and mat2 shapes cannot be multiplied (2x9 and 8x4)",
            "9 numbers a word arrive at this layer, and it was made for 8",
        ),
        (
            "shape '[3, 4]' is invalid for input of size 20",
            "5 words came, and this line asks for 3: the batch may vary",
        ),
        ("shape '[5, 4]' is invalid for input of size 20", ""),
        ("takes words, got a letter", "one letter is no word"),
        ("something else", ""),
    ],
)
def test_an_error_of_torch_gets_advice(message, line):
    assert advice(message, "word", [("got a letter", "one letter is no word")]) == line


def test_checkkit_knows_no_course_and_imports_nothing_of_the_grader():
    for path in checkkit.HOME.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"vae|mnist|latent|\bfrom lab\b|autograder", text, re.IGNORECASE), path
