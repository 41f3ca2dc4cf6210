"""Train architectures and mistakes as the grader does, and cache the results in a file.

A run is one architecture with one seed. It is trained to the end of the budget, and judged both
where the grader would have stopped and at the end. Runs in the cache are not repeated.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from lab.checks.vae import VAE
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as the notebook's setup cell has it

from autograder.assignment.answer_bank import read_entry
from autograder.checks import digits
from autograder.checks.conv_vae import training, training_loop
from benchmarks import ROOT
from checkkit.runner import seed_everything

SOLUTIONS = ROOT / "solutions"
QUESTION = "conv_vae"
REFERENCE = "reference"


@dataclass(frozen=True)
class Run:
    """The result of one training.

    Attributes:
        name: The stem of the file in the answer bank, or `reference`.
        seed: The number of the run.
        halfway: Nats per digit halfway, where the grader gives up or goes on; 0 if not reached.
        stopped: The step at which the grader would have stopped.
        verdict: Nats per held-back digit with the weights of that step: what the grader judges.
        kl: The KL per held-back digit with these weights.
        final: Nats per held-back digit at the end of the budget, in the mode that shows more.
        final_kl: The KL per held-back digit then.
        seconds: Processor seconds of the training.
    """

    name: str
    seed: int
    halfway: float
    stopped: int
    verdict: float
    kl: float
    final: float
    final_kl: float
    seconds: float

    @property
    def passes(self) -> bool:
        """Whether the grader accepts the answer."""
        return training_loop.Nats(self.verdict, self.kl).passes


class Runs:
    """A cache of runs in a file, which grows with each run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Run] = {}
        if path.is_file():
            self._known = {key: Run(**one) for key, one in json.loads(path.read_text()).items()}

    def ensure(self, names: Iterable[str], seeds: Iterable[int]) -> Iterator[Run]:
        """Yield the run of every name with every seed; train those that are not in the cache."""
        wanted = [(name, seed) for seed in seeds for name in names]
        missing = [one for one in wanted if _key(*one) not in self._known]
        # Spawned, not forked: a process that is forked while torch has threads may hang.
        with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
            done = pool.map(train, *zip(*missing, strict=True)) if missing else iter(())
            for one in wanted:
                if one in missing:
                    self._known[_key(*one)] = next(done)
                    self._write()
                yield self._known[_key(*one)]

    def _write(self) -> None:
        text = json.dumps({key: asdict(run) for key, run in self._known.items()}, indent=1)
        unfinished = self._path.with_suffix(".part")
        unfinished.write_text(text + "\n")
        unfinished.replace(self._path)  # atomic: an interruption leaves a complete file


def _key(name: str, seed: int) -> str:
    return f"{name}/{seed}"


def train(name: str, seed: int) -> Run:
    """Train one architecture to the end of the first round."""
    torch.set_num_threads(1)  # like the grader; runs are parallel instead
    convvae = answer(name)
    seed_everything(int.from_bytes(hashlib.sha256(f"{name}/{seed}".encode()).digest()[:4], "big"))
    start, halfway, stopped, verdict = time.process_time(), 0.0, 0, training_loop.Nats(0.0, 0.0)
    model = convvae(latent_dim=training_loop.LATENT_DIM)
    for step in training_loop.train(model, digits.train(), []):
        if step == training_loop.HALFWAY:
            halfway = training_loop.halfway(model, digits.validation())
        ends = step == training_loop.STEPS
        if not stopped and (ends or training_loop.over(model, step, digits.validation())):
            stopped, verdict = step, _held_back(name, model.state_dict())
        if ends:
            break
    final = min(
        _held_back(name, model.state_dict()), _held_back(name, model.state_dict(), train_mode=True)
    )
    seconds = time.process_time() - start
    return Run(name, seed, halfway, stopped, *verdict, *final, seconds)


def _held_back(
    name: str, weights: dict[str, torch.Tensor], *, train_mode: bool = False
) -> training_loop.Nats:
    """Return nats per held-back digit, encoded by one new model and decoded by another."""
    with torch.random.fork_rng(devices=[]):
        encoder, decoder = (
            training.with_weights(answer(name), training_loop.LATENT_DIM, weights) for _ in range(2)
        )
        images = digits.held_out()
        if train_mode:
            return training_loop.reconstruction(
                lambda: encoder, lambda: decoder, images, training=True
            )
        return training_loop.verdict(lambda: encoder, lambda: decoder, images)


def answer(name: str) -> VAE:
    """Return the answer bank's class of this name, defined as in a notebook."""
    file = SOLUTIONS / f"{QUESTION}.py"
    if name != REFERENCE:
        (file,) = SOLUTIONS.glob(f"*/{QUESTION}/{name}.py")
    names: dict[str, Any] = {"torch": torch, "nn": nn, "F": F, "__name__": "__main__"}
    # Only the answer bank's own code is executed here, never a student's.
    exec(read_entry(SOLUTIONS / "reparameterize.py").code, names)  # noqa: S102
    exec(compile(read_entry(file).code, name, "exec"), names)  # noqa: S102
    convvae: VAE = names["ConvVAE"]
    return convvae
