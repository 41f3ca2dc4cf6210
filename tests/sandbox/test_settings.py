"""What answers change in the settings of their process is restored before the next check."""

from __future__ import annotations

import pytest

from autograder.sandbox import Cell, Sandbox

READ = """
import gc, os, random, sys, threading, warnings
import numpy as np
import torch

def seen():
    return [
        torch.is_grad_enabled(), str(torch.get_default_dtype()), str(torch.get_default_device()),
        torch.are_deterministic_algorithms_enabled(), torch.get_num_threads(),
        torch.get_float32_matmul_precision(), torch.is_anomaly_enabled(),
        torch.is_autocast_enabled("cpu"), str(np.geterr()), sys.getrecursionlimit(),
        gc.isenabled(), os.getcwd(), sorted(os.environ), len(warnings.filters),
        sys.gettrace() is None, random.random(), float(np.random.rand()), float(torch.rand(())),
        float(torch.tensor([1e-40]).add(0.0)[0]),
    ]
"""
CHANGES = (
    "torch.set_default_dtype(torch.float64)",
    "torch.set_default_device('meta')",
    "torch.use_deterministic_algorithms(True)",
    "torch.set_num_threads(3)",
    "torch.set_float32_matmul_precision('medium')",
    "torch.autograd.set_detect_anomaly(True)",
    "torch.set_autocast_enabled('cpu', True)",
    "torch.set_flush_denormal(True)",
    "np.seterr(all='raise')",
    "sys.setrecursionlimit(10_000)",
    "gc.disable()",
    "os.chdir('/')",
    "os.environ['X'] = '1'",
    "warnings.simplefilter('error')",
    "sys.settrace(lambda *_: None)",
    "random.setstate(random.getstate()); random.random()",
    "torch.manual_seed(3)",
)


def outcomes(sandbox: Sandbox, source: str, *, before: str = "") -> tuple[list, list]:
    """Return what the first and the second check see, when the first changes something."""
    code = f"{READ}{before}\ndef changes():\n    {source}\n"
    session = sandbox.session([Cell("c", code, "answer")], ["seen", "changes"])
    session.load()
    answers = session.answers(["seen", "changes"])
    session.begin()
    session.seed_for_check("one")
    first = answers["seen"]()
    answers["changes"]()
    session.seed_for_check("one")
    second = answers["seen"]()
    session.close()
    return first, second


@pytest.mark.parametrize("change", CHANGES)
def test_what_one_check_changes_the_next_does_not_see(sandbox, change):
    first, second = outcomes(sandbox, change)
    assert first == second


def test_disabled_gradients_do_not_outlive_their_check(sandbox):
    # For the call itself, the grader sets the mode; a thread or a later operation has the
    # process's.
    first, second = outcomes(sandbox, "torch._C._set_grad_enabled(False)")
    assert first == second


def test_what_a_cell_sets_holds_in_every_check(sandbox):
    # As in the student's own notebook.
    before = "torch.set_default_dtype(torch.float64)\nwarnings.simplefilter('ignore')"
    first, second = outcomes(sandbox, "torch.set_default_dtype(torch.float16)", before=before)
    assert first == second
    assert first[1] == "torch.float64"


def test_functions_that_a_notebook_replaces_do_not_prevent_it(sandbox):
    before = "torch.get_default_dtype = torch.set_default_dtype = lambda *_: None"
    source = "torch.tensor(0.0); torch._C._set_default_dtype(torch.float64)"
    first, second = outcomes(sandbox, source, before=before)
    assert first == second


def test_no_generator_tells_which_check_is_running(sandbox):
    code = (
        "import random, numpy as np, torch\n"
        "def seeds():\n"
        "    state = np.random.get_state()[1].tolist(), random.getstate()\n"
        "    return [torch.initial_seed(), repr(state), torch.get_rng_state().tolist()]\n"
        "def draw():\n"
        "    return [random.random(), float(np.random.rand()), float(torch.rand(()))]\n"
    )
    session = sandbox.session([Cell("c", code, "answer")], ["seeds", "draw"])
    session.load()
    answers = session.answers(["seeds", "draw"])
    session.begin()
    seen, drawn = [], []
    for check in ("one", "another", "a third"):
        session.seed_for_check(check)
        seen.append(answers["seeds"]())
        drawn.append(answers["draw"]())
    assert seen[0] == seen[1] == seen[2]
    assert drawn[0] == drawn[1] == drawn[2]
    copy = session.fresh_copy(answers["seeds"])
    assert copy()[0] == seen[0][0]
    own, copied = drawn[0], session.fresh_copy(answers["draw"])()
    assert not set(own) & set(copied)
    session.close()
