"""What the checks say: the fact in one form, hints on evidence, and nothing unsafe to show."""

from __future__ import annotations

import linecache
from pathlib import Path

import pytest
import torch
from lab import checks
from lab.checks import VISIBLE_CHECKS

from autograder.assignment.model import load
from checkkit import expect, wording
from checkkit.expect import Failure, Reading
from checkkit.outcomes import CheckResult
from checkkit.runner import run_checks
from tools import visible_points


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
    assert shown.startswith("reparameterize: 5 of 6 checks passed, 4 of 6 points\n  ✓ The shape of")
    assert "is e = 2.718 (2 points)\n      reparameterize: expected standard dev" in shown
    assert "hint: exp(logvar) is the variance" in shown


def test_points_shown_are_those_of_the_rubric():
    shown = visible_points.file(load()).read_text()
    assert shown == visible_points.text(load()), "run: python -m tools.visible_points"


def result(name: str, message: str = "", **more) -> CheckResult:
    return CheckResult(name, f"It {name}.", "failed" if message else "passed", message, **more)


def test_first_failure_is_explained_and_others_only_where_there_is_a_hint():
    failures = [result("is", "fact 1"), result("has", "fact 2"), result("does", "fact 3", hint="h")]
    shown = repr(VISIBLE_CHECKS.block("q", [result("was"), *failures]))
    assert shown.splitlines() == [
        "q: 1 of 4 checks passed",
        "  ✓ It was",
        "  ✗ It is",
        "      fact 1",
        "  ✗ It has",
        "  ✗ It does",
        "      fact 3",
        "      hint: h",
    ]
    html = VISIBLE_CHECKS.block("q", failures)._repr_html_()
    assert ("fact 1" in html, "fact 2" in html, "fact 3" in html) == (True, False, True)


def test_pictures_of_a_wrong_size_are_drawn_beside_the_right_size():
    with pytest.raises(Failure) as caught:
        expect.tensor(torch.rand(4, 1, 25, 25), "ConvVAE.decode", (4, 1, 28, 28))
    assert caught.value.pictures.expected is None
    assert caught.value.pictures.got.shape == (4, 25, 25)
    html = VISIBLE_CHECKS.block(
        "q", [result("fits", "f", pictures=caught.value.pictures)]
    )._repr_html_()
    assert 'alt="Left, what was expected: pictures of 28 × 28 pixels. Right, what came: 3' in html
    assert "data:image/png;base64," in html


def test_frames_that_are_wrong_are_drawn_beside_the_right_ones(capsys):
    def reversed_walk(model, x1, x2, steps=10):
        z = torch.linspace(2, -2, steps).unsqueeze(1)
        with torch.no_grad():
            return model.decode(z)

    file = Path(checks.__file__).parent / "check_interpolate.py"
    told = {r.id: r for r in run_checks([file], {"interpolate": reversed_walk})}
    shown = told["steps_are_equal"].pictures
    assert shown.expected.shape == shown.got.shape == (5, 28, 28)
    assert shown.expected[0, 0, 0] == pytest.approx(shown.got[-1, 0, 0], abs=1e-5)
    assert shown.expected[0, 0, 0] < 0.2
    assert shown.got[0, 0, 0] > 0.8


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
def test_what_cannot_be_drawn_is_told_without_a_picture(value):
    with pytest.raises(Failure, match="expected shape") as caught:
        expect.tensor(value, "ConvVAE.decode", (4, 1, 28, 28))
    assert caught.value.pictures is None


def test_an_error_in_the_answer_names_the_line_of_the_notebook(capsys):
    source = "def interpolate(model, x1, x2, steps=10):\n    return model.encoder(x1)\n"
    name = "/tmp/ipykernel_1/2.py"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    defined: dict = {}
    exec(compile(source, name, "exec"), defined)
    with pytest.raises(checks.CheckFailed, match="has no attribute 'encoder'"):
        checks.check("interpolate", defined["interpolate"])
    shown = capsys.readouterr().out
    assert "in line 2 of the cell, in interpolate: return model.encoder(x1)" in shown


def test_an_unknown_question_is_refused():
    with pytest.raises(ValueError, match="no question 'conv'"):
        checks.check("conv", None)


def test_the_notebook_block_escapes_what_it_shows():
    html = VISIBLE_CHECKS.block(
        "q", [CheckResult("a", "A <b>.", "error", "ValueError: <script>")]
    )._repr_html_()
    assert "<script>" not in html
    assert "your code raised ValueError: &lt;script&gt;" in html
