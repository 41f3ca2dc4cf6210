"""What `check` shows in a notebook, with the visible checks of this course."""

from __future__ import annotations

import linecache
from pathlib import Path

import pytest
import torch
from lab import checks
from lab.checks import VISIBLE_CHECKS

from autograder.assignment.rubric import load
from checkkit import expect
from checkkit.expect import Failure
from checkkit.outcomes import CheckReport
from checkkit.runner import run_checks
from tools import visible_points


def test_an_untouched_stub_is_reported_as_not_answered(capsys):
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
    assert shown.startswith("reparameterize: 5 of 6 checks passed\n  ✓ The shape of")
    assert "is e = 2.718\n      reparameterize: expected standard dev" in shown
    assert "hint: exp(logvar) is the variance" in shown


def test_the_points_in_the_package_are_those_of_the_rubric():
    shown = visible_points.file(load()).read_text()
    assert shown == visible_points.text(load()), "run: python -m tools.visible_points"


def result(name: str, message: str = "", **more) -> CheckReport:
    return CheckReport(name, f"It {name}.", "failed" if message else "passed", message, **more)


def test_the_first_failure_is_explained_and_others_only_with_another_hint():
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


def test_images_of_a_wrong_size_are_drawn_beside_the_right_size():
    with pytest.raises(Failure) as caught:
        expect.tensor(torch.rand(4, 1, 25, 25), "ConvVAE.decode", (4, 1, 28, 28))
    assert caught.value.images.expected is None
    assert caught.value.images.got.shape == (4, 25, 25)
    html = VISIBLE_CHECKS.block(
        "q", [result("fits", "f", images=caught.value.images)]
    )._repr_html_()
    assert 'alt="Left, what was expected: pictures of 28 × 28 pixels. Right, what came: 3' in html
    assert "data:image/png;base64," in html


def test_wrong_frames_are_drawn_beside_the_right_ones(capsys):
    def reversed_frames(model, x1, x2, steps=10):
        z = torch.linspace(2, -2, steps).unsqueeze(1)
        with torch.no_grad():
            return model.decode(z)

    file = Path(checks.__file__).parent / "check_interpolate.py"
    reports = {r.id: r for r in run_checks([file], {"interpolate": reversed_frames})}
    shown = reports["steps_are_equal"].images
    assert shown.expected.shape == shown.got.shape == (5, 28, 28)
    assert shown.expected[0, 0, 0] == pytest.approx(shown.got[-1, 0, 0], abs=1e-5)
    assert shown.expected[0, 0, 0] < 0.2
    assert shown.got[0, 0, 0] > 0.8


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
        "q", [CheckReport("a", "A <b>.", "error", "ValueError: <script>")]
    )._repr_html_()
    assert "<script>" not in html
    assert "your code raised ValueError: &lt;script&gt;" in html


def test_an_image_without_a_batch_gets_advice(capsys):
    def unbatched(model, x1, x2, steps=10):
        return model.encode(x1)

    with pytest.raises(checks.CheckFailed):
        checks.check("interpolate", unbatched)
    hint = "hint: a model takes batches; x1 and x2 are one picture each"
    assert hint in capsys.readouterr().out
