"""What cells and workers may cost, and that what is within it works."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from autograder.sandbox import Budgets, Cell, Sandbox, StudentGone
from autograder.sandbox.confinement.remove_tree import remove_tree


def loaded(
    sandbox: Sandbox,
    *sources: str,
    wanted: tuple[str, ...] = ("answer",),
    budgets: Budgets | None = None,
):
    cells = [Cell(f"c{i}", one, "answer") for i, one in enumerate(sources)]
    stay = sandbox.session(cells, wanted, budgets=budgets)
    return stay, stay.load()


def test_a_cell_longer_than_any_text_on_the_wire_is_run_whole(sandbox):
    stay, report = loaded(sandbox, "# " + "x" * 6_000_000 + "\ndef answer(): return 3")
    assert report.cells[0].status == "ok"
    assert stay.answers(["answer"])["answer"]() == 3
    stay.close()


def test_cells_that_take_too_long_together_are_cut_off_by_name_and_the_first_kept(sandbox):
    slow = ["def answer(): return 1", *["import time; time.sleep(0.3)"] * 4]
    stay, report = loaded(sandbox, *slow, budgets=Budgets(load_seconds=0.5))
    assert [cell.status for cell in report.cells][:2] == ["ok", "ok"]
    assert report.cells[-1].status == "cut off"
    assert "too long" in report.cells[-1].message
    assert report.names == {"answer": "function"}
    stay.close()


def test_all_calls_for_a_question_together_have_an_end(sandbox):
    source = "import time\ndef answer(n=9): time.sleep(n)"
    stay, _ = loaded(sandbox, source, budgets=Budgets(call_seconds=2.5, submission_seconds=3.0))
    answer = stay.answers(["answer"])["answer"]
    answer(1.5)  # well within the allowance, also where loading takes its time
    with pytest.raises(StudentGone, match="late") as caught:
        answer()
    assert "all calls for a question together took more than 3 s" in caught.value.message
    stay.close()


def test_a_method_that_is_a_module_can_be_called(sandbox):
    source = (
        "from torch import nn\n"
        "class answer(nn.Module):\n"
        "    def __init__(self): super().__init__(); self.decode = nn.Linear(2, 3)"
    )
    stay, _ = loaded(sandbox, source)
    model = stay.answers(["answer"])["answer"]()
    assert isinstance(model.decode, torch.nn.Linear)
    assert model.decode(torch.ones(4, 2)).shape == (4, 3)
    stay.close()


def test_a_worker_that_has_ended_stays_so_for_who_holds_its_model(sandbox):
    stay, _ = loaded(sandbox, "import os\nfrom torch import nn\nclass answer(nn.Module):\n"
                     "    def forward(self): os._exit(0)")  # fmt: skip
    model = stay.answers(["answer"])["answer"]()
    for _ in range(2):
        with pytest.raises(StudentGone):
            model()
    stay.close()


def test_a_folder_is_swept_however_deep_and_shut_it_is(tmp_path: Path):
    folder = tmp_path / "full"
    here = os.getcwd()  # noqa: PTH109
    folder.mkdir()
    try:
        os.chdir(folder)
        for _ in range(2000):
            os.mkdir("d")  # noqa: PTH102
            os.chdir("d")
        os.mkdir("shut", 0)  # noqa: PTH102
    finally:
        os.chdir(here)
    (folder / "link").symlink_to(tmp_path.parent)
    remove_tree(folder)
    assert list(tmp_path.iterdir()) == []
    assert tmp_path.parent.exists()
