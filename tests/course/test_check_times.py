"""`check` is fast enough, also in a fresh process; measured in processor seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.rubric import load

# Seconds that a student waits for. The first check of a process imports pytest and Hypothesis.
FIRST, WARM = 4.0, 1.0
TIMES = """
import contextlib, io, json, sys, time
import torch
from lab import check
from lab.checks import ANSWERS

notebook = {}
for code in json.loads(sys.argv[1]).values():
    exec(code, notebook)
times = []
for question in (sys.argv[2], *ANSWERS):
    start = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        check(question, notebook[ANSWERS[question]])
    times.append(time.process_time() - start)
print(json.dumps(times))
"""


@pytest.mark.parametrize("question", ["reparameterize", "conv_vae"])
def test_checks_take_at_most_a_second_and_the_first_at_most_four(question):
    assignment = load()
    answers = json.dumps(
        {name: "import torch\nfrom torch import nn\nfrom torch.nn import functional as F\n" + code
         for name, code in load_bank(assignment).answers().items()}
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", TIMES, answers, question],
        cwd=assignment.release,
        env=os.environ | {"PYTHONPATH": str(assignment.release), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    first, *warm = json.loads(done.stdout)
    assert first < FIRST
    assert max(warm) < WARM, warm
