"""What a submission's own model is made to show, and what a hostile one cannot make of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from autograder.assignment.answer_bank import assemble, bank
from autograder.assignment.model import load
from autograder.checks import digits
from autograder.checks.conv_vae import artifacts as conv_vae_artifacts
from autograder.checks.conv_vae import training
from autograder.grading.cell_selection import take
from autograder.notebooks.reader import read
from autograder.results import artifacts
from autograder.runners.sandbox_startup import open_sandbox
from autograder.sandbox import Cell, Sandbox, Session
from autograder.sandbox.budgets import Budgets
from checkkit import outcomes
from checkkit.artifacts import Show
from checkkit.host import CheckHost
from checkkit.runner import run_checks
from tests.results.test_artifacts import pixels

VAE = load()
BANK = bank(VAE)
RIGHT = {name: entry.code for name, entry in BANK.solutions.items()}
ALL = ["Training", "Reconstructions", "Samples", "Interpolation"]
HASTY = Budgets(after_hang_seconds=2.0)  # a hang is waited for; an honest call takes 0.1 s
# An encoder that keeps every image it is given, and a sampler that gives the latest back.
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
def vae_room() -> Iterator[Sandbox]:
    with open_sandbox(VAE) as opened:
        yield opened


def stay_of(sandbox: Sandbox, more: str = "", interpolate: str | None = None) -> Session:
    """Return a visit of the solutions, with more code after ConvVAE."""
    answers = RIGHT | {"conv_vae": RIGHT["conv_vae"] + more}
    if interpolate is not None:
        answers["interpolate"] = interpolate
    found = read(assemble(VAE.source_notebook.read_bytes(), answers))
    stay = sandbox.session(take(found, VAE).cells, [question.answer for question in VAE.questions])
    stay.load()
    return stay


def verdict_of(sandbox: Sandbox, more: str = "", *, isolated: bool = True) -> outcomes.CheckResult:
    """Return what the training check comes to."""
    stay = stay_of(sandbox, more)
    question = next(one for one in VAE.questions if one.id == "conv_vae")
    (found,) = run_checks(
        VAE.check_files(question),
        stay.answers(["ConvVAE", "interpolate"]),
        select=["learns_to_reconstruct"],
        unexpected="grader_error",
        host=CheckHost(stay.seed_for_check, stay.fresh_copy, stay.isolated if isolated else None),
    )
    stay.close()
    return found


def held_out_in(found: outcomes.CheckResult) -> int:
    """Return how many pictures of a result are digits that only staff have, in their shades."""
    (secret,) = (
        {np.rint(image * 15).astype(int).tobytes() for image in images.squeeze(1).numpy()}
        for images in [digits.held_out()]
    )
    kept = [one for one in artifacts.kept(found.shown) if one.png]
    tiles = [np.rint(tile * 15).astype(int).tobytes() for one in kept for tile in pixels(one)]
    return sum(tile in secret for tile in tiles)


@pytest.fixture(scope="module")
def good(vae_room: Sandbox) -> outcomes.CheckResult:
    return verdict_of(vae_room)


def test_a_right_answer_shows_its_training_reconstructions_samples_and_a_walk(good):
    kept = artifacts.kept(good.shown)
    assert good.outcome == "passed"
    assert [one.name for one in kept] == ALL
    assert [one.count for one in kept] == [0, 20, 20, 10]
    assert kept[0].numbers[-1] < kept[0].numbers[0] / 2


def test_reconstructions_are_of_digits_that_students_have_and_stand_below_them(good):
    (sheet,) = (one for one in artifacts.kept(good.shown) if one.name == "Reconstructions")
    above, below = pixels(sheet)[:10], pixels(sheet)[10:]
    x = conv_vae_artifacts.one_of_each().squeeze(1).numpy()
    assert np.abs(above - x).max() <= 0.5 / 15 + 1e-6  # half a shade
    public = {image.numpy().tobytes() for image in digits.tried()}
    assert all(image.numpy().tobytes() in public for image in conv_vae_artifacts.one_of_each())
    # a trained model's reconstruction is nearest to its own digit, for nearly all of them
    distances = np.abs(below[:, None] - above[None]).mean((2, 3))
    assert (distances.argmin(1) == np.arange(10)).sum() >= 8


def test_the_same_submission_shows_the_same_bytes(good, vae_room):
    assert artifacts.kept(verdict_of(vae_room).shown) == artifacts.kept(good.shown)


def test_what_the_course_shows_is_what_the_command_makes(good):
    """Another processor trains to other last digits, and so to pictures that differ a little."""
    committed = artifacts.of_course(VAE.solutions)
    assert list(committed) == ["conv_vae"]
    for one, made in zip(committed["conv_vae"], artifacts.kept(good.shown), strict=True):
        assert (one.name, one.caption) == (made.name, made.caption)
        if one.png:
            assert one.count == made.count
            # two models of other seeds are 0.1 apart in their samples, one in itself hardly
            assert np.abs(pixels(one) - pixels(made)).mean() < 0.05
        else:
            both = min(len(one.numbers), len(made.numbers))  # it may stop at another look, too
            assert one.numbers[:both] == pytest.approx(made.numbers[:both], rel=0.2)


def test_a_poor_answer_fails_as_it_does_and_shows_what_it_makes(vae_room):
    found = verdict_of(vae_room, POOR)
    assert found.outcome == "failed"
    assert [one.name for one in artifacts.kept(found.shown)] == ALL


def test_digits_that_only_staff_have_are_in_no_picture_even_of_a_thief(good, vae_room):
    assert held_out_in(good) == 0
    assert held_out_in(verdict_of(vae_room, THIEF)) == 0
    # and the test would see them: where the thief is asked in its own process, it has them
    assert held_out_in(verdict_of(vae_room, THIEF, isolated=False)) > 0


def test_an_answer_that_cannot_be_trained_shows_nothing_and_says_why(vae_room):
    found = verdict_of(vae_room, "\n\ndef ConvVAE(latent_dim=16):\n    raise ValueError('no')\n")
    assert (found.outcome, artifacts.kept(found.shown)) == ("error", ())


def names_shown(stay: Session) -> list[str]:
    """Return what is shown of an untrained model of this visit, and that it took no time of it."""
    torch.manual_seed(0)
    weights = stay.answers(["ConvVAE"])["ConvVAE"](latent_dim=training.LATENT_DIM).state_dict()
    worker, patience, left = stay._worker, stay._patience, stay._allowance.seconds
    show = Show(stay.isolated)
    conv_vae_artifacts.what_it_makes(show, weights)
    names = [one.name for one in artifacts.kept(show.collect())]
    assert (stay._worker, stay._patience) == (worker, patience)
    assert stay._allowance.seconds == left
    return names


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_sample_costs_only_pictures(body, vae_room, monkeypatch):
    more = f"\n\nclass ConvVAE(ConvVAE):\n    def sample(self, n):\n        {body}\n"
    stay = stay_of(vae_room, more)
    monkeypatch.setattr(stay, "_budgets", HASTY)
    names = names_shown(stay)
    stay.close()
    assert names[0] == "Reconstructions"
    assert "Samples" not in names or body.startswith("self.__dict__")


@pytest.mark.parametrize(
    "body", ["return None", "model.sample = None; raise ValueError", "while True: pass"]
)
def test_without_an_interpolate_the_model_is_shown_all_the_same(body, vae_room, monkeypatch):
    source = f"def interpolate(model, x1, x2, steps=10):\n    {body}\n"
    stay = stay_of(vae_room, interpolate=source)
    monkeypatch.setattr(stay, "_budgets", HASTY)
    assert names_shown(stay) == ["Reconstructions", "Samples"]
    stay.close()


CHECKS = '''"""Two checks in one process; the first shows something."""

def check_shows(answer, show):
    """It shows."""
    show("Numbers", [3.0, 2.0], "Ours.")
    show("Odd", object(), "Not to be shown.")
    show.last(lambda answers: show("Theirs", [answers["answer"](True), 1], "T."))
    assert answer() == 1
    assert show is None, "fails after all"

def check_next(answer):
    """The next one has the process that the first one had."""
    assert answer() == 2
'''


@pytest.mark.parametrize("body", ["pass", "while True: pass", "import os; os._exit(1)", "exit()"])
def test_making_pictures_changes_neither_this_check_nor_the_next(
    body, sandbox, tmp_path, monkeypatch
):
    (tmp_path / "check_it.py").write_text(CHECKS)
    source = (
        "calls = 0\ndef answer(aside=False):\n    global calls\n    calls += 1\n"
        f"    if aside:\n        {body}\n    return calls\n"
    )
    stay = sandbox.session([Cell("c", source, "answer")], ["answer"])
    monkeypatch.setattr(stay, "_budgets", HASTY)
    stay.load()
    first, second = run_checks(
        [tmp_path / "check_it.py"],
        stay.answers(["answer"]),
        host=CheckHost(before_each=stay.seed_for_check, isolated=stay.isolated),
    )
    stay.close()
    assert (first.outcome, second.outcome) == ("error", "passed")
    assert "fails after all" in first.message
    assert [one.name for one in first.shown] == ["Numbers", "Theirs"][: 1 + (body == "pass")]
    assert second.shown == ()
