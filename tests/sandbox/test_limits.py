"""Limits on cells, calls and workers, and that everything within the limits works."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from torch import nn

from autograder.sandbox import Budgets, Cell, Sandbox, StudentGone
from autograder.sandbox.confinement.remove_tree import remove_tree


def loaded(
    sandbox: Sandbox,
    *sources: str,
    wanted: tuple[str, ...] = ("answer",),
    budgets: Budgets | None = None,
):
    cells = [Cell(f"c{i}", one, "answer") for i, one in enumerate(sources)]
    session = sandbox.session(cells, wanted, budgets=budgets)
    return session, session.load()


def test_a_cell_longer_than_a_frames_header_may_be_is_run(sandbox):
    session, report = loaded(sandbox, "# " + "x" * 6_000_000 + "\ndef answer(): return 3")
    assert report.cells[0].status == "ok"
    assert session.answers(["answer"])["answer"]() == 3
    session.close()


def test_cells_that_together_take_too_long_are_cut_off_and_the_first_ones_kept(sandbox):
    slow = ["def answer(): return 1", *["import time; time.sleep(0.3)"] * 4]
    session, report = loaded(sandbox, *slow, budgets=Budgets(load_seconds=0.5))
    assert [cell.status for cell in report.cells][:2] == ["ok", "ok"]
    assert report.cells[-1].status == "cut off"
    assert "too long" in report.cells[-1].message
    assert report.names == {"answer": "function"}
    session.close()


def test_all_calls_of_a_question_together_have_a_budget(sandbox):
    source = "import time\ndef answer(n=9): time.sleep(n)"
    session, _ = loaded(sandbox, source, budgets=Budgets(call_seconds=2.5, submission_seconds=3.0))
    answer = session.answers(["answer"])["answer"]
    answer(1.5)  # within the budget, even if loading is slow
    with pytest.raises(StudentGone, match="late") as caught:
        answer()
    assert "all calls for a question together took more than 2.5 s" in caught.value.message
    session.close()


def test_a_submodule_with_the_name_of_a_method_can_be_called(sandbox):
    source = (
        "from torch import nn\n"
        "class answer(nn.Module):\n"
        "    def __init__(self): super().__init__(); self.decode = nn.Linear(2, 3)"
    )
    session, _ = loaded(sandbox, source)
    model = session.answers(["answer"])["answer"]()
    assert isinstance(model.decode, torch.nn.Linear)
    assert model.decode(torch.ones(4, 2)).shape == (4, 3)
    session.close()


def test_a_proxy_of_a_model_whose_worker_has_ended_raises_at_every_call(sandbox):
    session, _ = loaded(sandbox, "import os\nfrom torch import nn\nclass answer(nn.Module):\n"
                     "    def forward(self): os._exit(0)")  # fmt: skip
    model = session.answers(["answer"])["answer"]()
    for _ in range(2):
        with pytest.raises(StudentGone):
            model()
    session.close()


def test_the_memory_of_copied_models_is_limited(sandbox):
    source = "import copy\ndef hoards(model): return [copy.deepcopy(model) for _ in range(10**6)]"
    session = sandbox.session([Cell("c", source, "answer")], ["hoards"])
    model = nn.Linear(4, 2)
    model.ballast = nn.Parameter(torch.zeros(2**18))  # large, so that few copies reach the limit
    with pytest.raises(StudentGone, match="bytes of copied models"):
        session.answers(["hoards"])["hoards"](model)
    session.close()


def test_remove_tree_removes_nested_and_unreadable_folders_but_follows_no_links(tmp_path: Path):
    folder = tmp_path / "full"
    here = os.getcwd()  # noqa: PTH109
    folder.mkdir()
    try:
        os.chdir(folder)
        for _ in range(2000):
            os.mkdir("d")  # noqa: PTH102
            os.chdir("d")
        os.mkdir("unreadable", 0)  # noqa: PTH102
    finally:
        os.chdir(here)
    (folder / "link").symlink_to(tmp_path.parent)
    remove_tree(folder)
    assert list(tmp_path.iterdir()) == []
    assert tmp_path.parent.exists()
