"""Artifacts of a trained ConvVAE: what they show, and that hostile models gain nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.rubric import load
from autograder.authoring.solved import main_filled
from autograder.checks import digits
from autograder.checks.conv_vae import artifacts as conv_vae_artifacts
from autograder.checks.conv_vae import training_loop
from autograder.grading.cell_selection import select_cells
from autograder.notebooks.reader import read
from autograder.results import artifacts
from autograder.runners.sandbox_startup import open_sandbox
from autograder.sandbox import Cell, Sandbox, Session
from autograder.sandbox.budgets import Budgets
from checkkit import outcomes
from checkkit.artifacts import ArtifactRecorder
from checkkit.host import CheckHost
from checkkit.runner import run_checks
from tests.results.test_artifacts import pixels

VAE = load()
BANK = load_bank(VAE)
RIGHT = {name: entry.code for name, entry in BANK.solutions.items()}
ALL = ["Training", "Reconstructions", "Samples", "Interpolation"]
HASTY = Budgets(after_hang_seconds=2.0)  # the tests wait for hangs; an honest call takes 0.1 s
# An encoder that stores every image it gets, and a sampler that returns the latest of them.
THIEF = """

class ConvVAE(ConvVAE):
    seen = []
    def encode(self, x):
        ConvVAE.seen.append(x.detach().clone())
        return super().encode(x)
    def sample(self, n):
        enough = [images for images in ConvVAE.seen if len(images) >= n]
        return enough[-1][:n] if enough else super().sample(n)
"""
POOR = """

class ConvVAE(ConvVAE):
    def decode(self, z):
        return super().decode(0 * z)
"""
HOSTILE = {
    "wrong shape": "return torch.zeros(n, 28, 28)",
    "not finite": "return torch.full((n, 1, 28, 28), float('nan'))",
    "no tensor": "return 'images'",
    "hang": "while True: pass",
    "huge": "return torch.zeros(n, 1, 28, 28).expand(n, 10**6, 28, 28).clone()",
    "ends the process": "import os; os._exit(0)",
    "SystemExit": "raise SystemExit(0)",
    "deletes its parameters": "self.__dict__.clear(); return torch.zeros(n, 1, 28, 28)",
    "no memory": "return [torch.zeros(2**28) for _ in range(10**6)]",
}


@pytest.fixture(scope="module")
def vae_sandbox() -> Iterator[Sandbox]:
    with open_sandbox(VAE) as opened:
        yield opened


def session_of(sandbox: Sandbox, more: str = "", interpolate: str | None = None) -> Session:
    """Return a session of the solutions, with more code after ConvVAE."""
    answers = RIGHT | {"conv_vae": RIGHT["conv_vae"] + more}
    if interpolate is not None:
        answers["interpolate"] = interpolate
    found = read(main_filled(VAE, answers))
    session = sandbox.session(
        select_cells(found, VAE).cells, [question.answer for question in VAE.questions]
    )
    session.load()
    return session


def verdict_of(sandbox: Sandbox, more: str = "", *, isolated: bool = True) -> outcomes.CheckReport:
    """Return the report of the training check."""
    session = session_of(sandbox, more)
    question = next(one for one in VAE.questions if one.id == "conv_vae")
    (found,) = run_checks(
        question.check_files,
        session.answers(["ConvVAE", "interpolate"]),
        select=["learns_to_reconstruct"],
        unexpected="grader_error",
        host=CheckHost(
            session.seed_for_check, session.fresh_copy, session.isolated if isolated else None
        ),
    )
    session.close()
    return found


def held_out_images_in(found: outcomes.CheckReport) -> int:
    """Return the number of images in a report that are held-back digits, in the stored shades."""
    (secret,) = (
        {np.rint(image * 15).astype(int).tobytes() for image in images.squeeze(1).numpy()}
        for images in [digits.held_out()]
    )
    kept = [one for one in artifacts.store(found.artifacts) if one.png]
    tiles = [np.rint(tile * 15).astype(int).tobytes() for one in kept for tile in pixels(one)]
    return sum(tile in secret for tile in tiles)


@pytest.fixture(scope="module")
def good(vae_sandbox: Sandbox) -> outcomes.CheckReport:
    return verdict_of(vae_sandbox)


def test_a_right_answer_shows_its_training_reconstructions_samples_and_an_interpolation(good):
    kept = artifacts.store(good.artifacts)
    assert good.outcome == "passed"
    assert [one.name for one in kept] == ALL
    assert [one.count for one in kept] == [0, 20, 20, 10]
    assert kept[0].numbers[-1] < kept[0].numbers[0] / 2


def test_reconstructions_are_of_digits_that_students_have_and_are_drawn_below_them(good):
    (sheet,) = (one for one in artifacts.store(good.artifacts) if one.name == "Reconstructions")
    above, below = pixels(sheet)[:10], pixels(sheet)[10:]
    x = conv_vae_artifacts.one_of_each().squeeze(1).numpy()
    assert np.abs(above - x).max() <= 0.5 / 15 + 1e-6  # half a shade
    public = {image.numpy().tobytes() for image in digits.validation()}
    assert all(image.numpy().tobytes() in public for image in conv_vae_artifacts.one_of_each())
    # nearly every reconstruction is nearest to its own digit
    distances = np.abs(below[:, None] - above[None]).mean((2, 3))
    assert (distances.argmin(1) == np.arange(10)).sum() >= 8


def test_the_same_submission_shows_the_same_bytes(good, vae_sandbox):
    assert artifacts.store(verdict_of(vae_sandbox).artifacts) == artifacts.store(good.artifacts)


def test_committed_artifacts_of_the_course_are_those_of_its_solutions(good):
    """Another processor rounds differently, so that the images differ slightly."""
    committed = artifacts.reference_artifacts(VAE.solutions)
    assert list(committed) == ["conv_vae"]
    for one, made in zip(committed["conv_vae"], artifacts.store(good.artifacts), strict=True):
        assert (one.name, one.caption) == (made.name, made.caption)
        if one.png:
            assert one.count == made.count
            # samples of models with different seeds differ by 0.1
            assert np.abs(pixels(one) - pixels(made)).mean() < 0.05
        else:
            both = min(len(one.numbers), len(made.numbers))  # training may stop earlier or later
            assert one.numbers[:both] == pytest.approx(made.numbers[:both], rel=0.2)


def test_a_poor_answer_fails_and_shows_what_it_makes(vae_sandbox):
    found = verdict_of(vae_sandbox, POOR)
    assert found.outcome == "failed"
    assert [one.name for one in artifacts.store(found.artifacts)] == ALL


def test_no_image_shows_a_held_back_digit_even_if_the_model_stores_its_inputs(good, vae_sandbox):
    assert held_out_images_in(good) == 0
    assert held_out_images_in(verdict_of(vae_sandbox, THIEF)) == 0
    # Not even the process that the other checks ask has seen one.
    assert held_out_images_in(verdict_of(vae_sandbox, THIEF, isolated=False)) == 0


# Validation digits come in parts of 100 and 400, the held-back ones all at once.
SPEAKER = """

class ConvVAE(ConvVAE):
    def decode(self, z):
        {then}
        return super().decode(z)
"""


@pytest.mark.parametrize(
    ("then", "message"),
    [
        ("if len(z) == 500: raise ValueError('bits ' + str(z[0]))", "got an error"),
        ("if len(z) == 500: return torch.zeros(500, 1, 27, 123)", "got an error"),
        ("if len(z) == 500: return super().decode(z) * 3 + int(z[0, 0] > 0)", "got an error"),
    ],
)
def test_what_an_answer_says_of_held_back_digits_reaches_no_page(vae_sandbox, then, message):
    found = verdict_of(vae_sandbox, SPEAKER.replace("{then}", then))
    assert found.outcome == "failed"
    assert found.message.endswith(message)
    assert not any(word in found.message for word in ("bits", "27", "123", "range"))


def test_an_answer_that_cannot_be_trained_has_no_artifacts(vae_sandbox):
    found = verdict_of(vae_sandbox, "\n\ndef ConvVAE(latent_dim=16):\n    raise ValueError('no')\n")
    assert (found.outcome, artifacts.store(found.artifacts)) == ("error", ())


def names_shown(session: Session) -> list[str]:
    """Return the artifacts of an untrained model, and check that they cost the session nothing."""
    torch.manual_seed(0)
    weights = session.answers(["ConvVAE"])["ConvVAE"](
        latent_dim=training_loop.LATENT_DIM
    ).state_dict()
    worker, patience, left = session._worker, session._patience, session._allowance.seconds
    recorder = ArtifactRecorder(session.isolated)
    conv_vae_artifacts.add_trained_images(recorder, weights)
    names = [one.name for one in artifacts.store(recorder.collect())]
    assert (session._worker, session._patience) == (worker, patience)
    assert session._allowance.seconds == left
    return names


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_decoder_that_is_hostile_to_samples_costs_only_artifacts(body, vae_sandbox, monkeypatch):
    more = (
        "\n\nclass ConvVAE(ConvVAE):\n    def decode(self, z):\n        n = len(z)\n"
        f"        if n == {conv_vae_artifacts.SAMPLES}:\n            {body}\n"
        "        return super().decode(z)\n"
    )
    session = session_of(vae_sandbox, more)
    monkeypatch.setattr(session, "_budgets", HASTY)
    names = names_shown(session)
    session.close()
    assert names[0] == "Reconstructions"
    assert "Samples" not in names or body.startswith("self.__dict__")


@pytest.mark.parametrize(
    "body", ["return None", "model.sample = None; raise ValueError", "while True: pass"]
)
def test_without_a_working_interpolate_the_other_images_are_shown(body, vae_sandbox, monkeypatch):
    source = f"def interpolate(model, x1, x2, steps=10):\n    {body}\n"
    session = session_of(vae_sandbox, interpolate=source)
    monkeypatch.setattr(session, "_budgets", HASTY)
    assert names_shown(session) == ["Reconstructions", "Samples"]
    session.close()


CHECKS = '''"""Two checks in one process; the first adds artifacts."""

def check_shows(answer, artifacts):
    """It shows."""
    artifacts.add("Numbers", [3.0, 2.0], "Ours.")
    artifacts.add("Odd", object(), "Cannot be stored.")
    artifacts.add_later(lambda answers: artifacts.add("Theirs", [answers["answer"](True), 1], "T."))
    assert answer() == 1
    assert artifacts is None, "fails after all"

def check_next(answer):
    """The second check calls the process that the first one called."""
    assert answer() == 2
'''


@pytest.mark.parametrize("body", ["pass", "while True: pass", "import os; os._exit(1)", "exit()"])
def test_making_artifacts_changes_neither_this_check_nor_the_next(
    body, sandbox, tmp_path, monkeypatch
):
    (tmp_path / "check_it.py").write_text(CHECKS)
    source = (
        "calls = 0\ndef answer(aside=False):\n    global calls\n    calls += 1\n"
        f"    if aside:\n        {body}\n    return calls\n"
    )
    session = sandbox.session([Cell("c", source, "answer")], ["answer"])
    monkeypatch.setattr(session, "_budgets", HASTY)
    session.load()
    first, second = run_checks(
        [tmp_path / "check_it.py"],
        session.answers(["answer"]),
        host=CheckHost(before_each=session.seed_for_check, isolated=session.isolated),
    )
    session.close()
    assert (first.outcome, second.outcome) == ("failed", "passed")
    assert "fails after all" in first.message
    assert [one.name for one in first.artifacts] == ["Numbers", "Theirs"][: 1 + (body == "pass")]
    assert second.artifacts == ()
