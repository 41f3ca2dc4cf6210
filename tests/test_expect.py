"""What the checks say: the fact in one form, hints on evidence, and nothing unsafe to show."""

from __future__ import annotations

import pytest
import torch
from lab import checks
from lab.checks import expect, wording
from lab.checks.expect import Failure, Reading


def message_of(call, *args, **kwargs) -> str:
    with pytest.raises(Failure) as caught:
        call(*args, **kwargs)
    return caught.value.message


def test_a_shape_is_exact_and_comes_before_the_value():
    got = message_of(expect.tensor, torch.full((1,), float("nan")), "vae_loss: kl", ())
    assert got == "vae_loss: kl: expected shape (), got (1,)"


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
def test_what_is_no_tensor_is_named(value, words):
    assert message_of(expect.tensor, value, "f", (2,)).endswith(f"got {words}")


def test_text_from_an_answer_is_cut_and_escaped():
    shown = wording.plain("\x1b[31m\n\u202e" + "y" * 100)
    assert shown.startswith("\\x1b[31m\\x0a\\x202e")
    assert shown.isprintable()


@pytest.mark.parametrize(("got", "hint"), [(2.0, "twice"), (3.0, None)])
def test_a_hint_needs_evidence(got, hint):
    with pytest.raises(Failure) as caught:
        expect.close(torch.tensor(got), 1.0, "f: v", readings=[Reading(2.0, "twice", "two")])
    assert caught.value.hint == hint


def test_two_misreadings_that_agree_are_no_evidence():
    readings = [Reading(2.0, "twice"), Reading(2.0, "squared")]
    with pytest.raises(Failure) as caught:
        expect.close(torch.tensor(2.0), 1.0, "f: v", readings=readings)
    assert caught.value.hint is None


def test_a_misreading_that_is_right_here_is_no_evidence():
    expect.close(torch.tensor(1.0), 1.0, "f: v", readings=[Reading(1.0, "the same")])


def test_numbers_have_the_digits_that_tell_them_apart():
    assert wording.tell_apart(1.0, 1.00004) == ("1", "1.000")


def test_an_unanswered_stub_is_called_so(capsys):
    def stub(mu, logvar):
        raise NotImplementedError("reparameterize")

    with pytest.raises(checks.CheckFailed, match="not answered yet") as caught:
        checks.check("reparameterize", stub)
    assert len(caught.value._render_traceback_()) == 1
    assert capsys.readouterr().out == "reparameterize: not answered yet\n"


def test_check_shows_a_line_for_each_check_and_keeps_the_random_state(capsys):
    def wrong(mu, logvar):
        return mu + torch.exp(logvar) * torch.randn_like(mu)

    torch.manual_seed(0)
    before = torch.get_rng_state()
    with pytest.raises(checks.CheckFailed, match=r"expected standard deviation 2\.718"):
        checks.check("reparameterize", wrong)
    assert torch.equal(torch.get_rng_state(), before)
    shown = capsys.readouterr().out
    assert shown.startswith("reparameterize: 5 of 6 checks passed\n  ✓ The shape of z")
    assert "hint: exp(logvar) is the variance" in shown


def test_an_unknown_question_is_refused():
    with pytest.raises(ValueError, match="no question 'conv'"):
        checks.check("conv", None)


def test_the_notebook_block_escapes_what_it_shows():
    from lab.checks.notebook import Block
    from lab.checks.outcomes import CheckResult

    html = Block("q", [CheckResult("a", "A <b>.", "error", "ValueError: <script>")])._repr_html_()
    assert "<script>" not in html
    assert "your code raised ValueError: &lt;script&gt;" in html
