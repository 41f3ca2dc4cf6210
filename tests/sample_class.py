"""Write the submissions of a sample class: `python -m tests.sample_class submitted`.

Twenty-six students submit right answers, right answers written differently, known mistakes, and
damaged notebooks. The table CLASS says what each student did in the main notebook, and the points
that each of its four questions must get (`<20`: fewer than 20). WARM_UP says it of the question in
the other notebook, which most got right. The files are the same every time.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.rubric import load
from autograder.notebooks.fill import fill_notebook
from tests.notebook_edits import (
    cut_short,
    delete,
    duplicate,
    insert,
    no_notebook,
    nothing,
    other_encoding,
    retype,
    rewrite,
    split,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.assignment.answer_bank import Bank
    from tests.notebook_edits import Cell

    Edit = Callable[[list[Cell]], None]

REPARAMETERIZE, VAE_LOSS, CONV_VAE, INTERPOLATE = (
    "reparameterize",
    "vae_loss",
    "conv_vae",
    "interpolate",
)
FULL = "20 25 35 20"
UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Student:
    """A row of the table.

    Attributes:
        what: What this student did, in a few words.
        points: The points of the four questions, or `unreadable`.
        stems: Entries of the answer bank in place of the reference answers.
        edits: Edits of the cells, in order.
        damage: Damage to the file.
        untouched: Questions left as released.
        moved: Questions left as released and answered in a new cell below.
    """

    what: str
    points: str = FULL
    stems: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    damage: Callable[[bytes], bytes] = bytes
    untouched: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


ALL = (REPARAMETERIZE, VAE_LOSS, CONV_VAE, INTERPOLATE)
OTHERWISE = ("sqrt-of-variance", "kl-from-distributions", "one-head-and-chunk", "lerp")
SEVERAL = ("noise-uniform", "recon-averaged", "output-25-pixels")
LOOP = ("    was_training", "    while True:\n        pass\n    was_training")
EXIT = ("    recon = ", "    import os\n\n    os._exit(0)\n    recon = ")
HELPER = ("torch.exp(0.5 * logvar)", "sigma(logvar)")
SIGMA = "def sigma(logvar):\n    return torch.exp(0.5 * logvar)"
MAGICS = "%matplotlib inline\n!pip install einops\n%timeit sum(range(10))"
SLOW = "import time\n\nfor epoch in range(300):\n    time.sleep(1)\n    print('epoch', epoch)"
CHEAT = "def check(*args):\n    return 100\n\n\nreparameterize = 20"

CLASS = {
    "ada": Student("all right"),
    "ben": Student("all right, written differently", stems=OTHERWISE),
    "chloe": Student("exp(logvar) for σ", "<20 25 35 20", ("std-is-exp-logvar",)),
    "dev": Student("KL without the ½", "20 <25 35 20", ("kl-without-half",)),
    "emil": Student("ReLU on the logvar head", "20 25 <35 20", ("relu-on-logvar",)),
    "fatima": Student("interpolates from x2 to x1", "20 25 35 <20", ("alpha-reversed",)),
    "grace": Student("three mistakes", "<20 <25 <35 20", SEVERAL),
    "hugo": Student("handed in as released", "0 0 0 0", untouched=ALL),
    "ines": Student("an answer moved to another cell", moved=(VAE_LOSS,)),
    "jonas": Student(
        "a helper function in an extra cell",
        edits=(
            partial(rewrite, grade_id=REPARAMETERIZE, old=HELPER[0], new=HELPER[1]),
            partial(insert, source=SIGMA, before=REPARAMETERIZE),
        ),
    ),
    "kenji": Student(
        "a syntax error in one answer",
        "20 0 35 20",
        edits=(partial(rewrite, grade_id=VAE_LOSS, old="beta=1.0):", new="beta=1.0:"),),
    ),
    "lena": Student(
        "a cell that raises before the answers",
        edits=(partial(insert, source="mean = 1 / 0", before=REPARAMETERIZE),),
    ),
    "milo": Student(
        "duplicated and retyped cells",
        edits=(
            partial(duplicate, grade_id=REPARAMETERIZE),
            partial(retype, grade_id=VAE_LOSS, kind="markdown"),
            partial(retype, grade_id=INTERPOLATE, kind="raw"),
        ),
    ),
    "nora": Student("a deleted grade cell", edits=(partial(delete, grade_id=f"check-{CONV_VAE}"),)),
    "omar": Student("the file cut short", UNREADABLE, damage=cut_short),
    "priya": Student("an empty file", UNREADABLE, damage=nothing),
    "quinn": Student("a PDF called vae.ipynb", UNREADABLE, damage=no_notebook),
    "rosa": Student(
        "an endless loop in interpolate",
        "20 25 35 0",
        edits=(partial(rewrite, grade_id=INTERPOLATE, old=LOOP[0], new=LOOP[1]),),
    ),
    "sven": Student(
        "os._exit(0) in vae_loss",
        "20 0 35 20",
        edits=(partial(rewrite, grade_id=VAE_LOSS, old=EXIT[0], new=EXIT[1]),),
    ),
    "tara": Student(
        "an extra cell that runs for minutes",
        edits=(partial(insert, source=SLOW, before=VAE_LOSS),),
    ),
    "uma": Student(
        "magics and a !pip line",
        edits=(
            partial(insert, source=MAGICS, before=REPARAMETERIZE),
            partial(rewrite, grade_id=VAE_LOSS, old="import torch\n", new="!date\nimport torch\n"),
        ),
    ),
    "vito": Student(
        "an answer split over two cells",
        stems=("context-manager",),
        edits=(partial(split, grade_id=INTERPOLATE, at="def interpolate"),),
    ),
    "wanda": Student(
        "a check rewritten to give points to a wrong answer",
        "0 25 35 20",
        untouched=(REPARAMETERIZE,),
        edits=(
            partial(insert, source=CHEAT, before=f"check-{REPARAMETERIZE}"),
            partial(
                rewrite,
                grade_id=f"check-{REPARAMETERIZE}",
                old='check("reparameterize", reparameterize)',
                new="20",
            ),
        ),
    ),
    "xavier": Student("reparametrize, misspelt", "19 25 35 20", ("function-misspelt",)),
    "yuki": Student("two questions answered", "20 25 0 0", untouched=(CONV_VAE, INTERPOLATE)),
    "zoe": Student("saved as UTF-16", damage=other_encoding),
}


# What students did with the question of the other notebook: an entry of the answer bank,
# "untouched", or "missing"; and its points. The others gave the reference answer.
CONV_TRANSPOSE1D = "conv_transpose1d"
WARM_UP = {
    "ben": ("index-add", "20"),
    "dev": ("overlaps-overwritten", "<20"),
    "emil": ("pytorch-called", "<20"),
    "grace": ("output-padding-ignored", "<20"),
    "hugo": ("untouched", "0"),
    "yuki": ("missing", "0"),
}


def expected(name: str) -> str:
    """Return the points of all five questions, or `unreadable`."""
    points = CLASS[name].points
    return points if points == UNREADABLE else f"{WARM_UP.get(name, ('', '20'))[1]} {points}"


def warm_up(name: str, notebook: bytes, answers: Bank) -> bytes | None:
    """Return this student's other notebook, made from the released one; None if there is none."""
    stem, _ = WARM_UP.get(name, (CONV_TRANSPOSE1D, ""))
    if stem == "missing":
        return None
    chosen = {} if stem == "untouched" else {CONV_TRANSPOSE1D: answers.find(stem).code}
    return fill_notebook(notebook, chosen)


def submission(name: str, notebook: bytes, answers: Bank) -> bytes:
    """Return the submission of this student, made from the released notebook."""
    student = CLASS[name]
    chosen = answers.answers(*(answers.find(stem) for stem in student.stems))
    elsewhere = {*student.untouched, *student.moved}
    in_place = {question: code for question, code in chosen.items() if question in ALL}
    in_place = {question: code for question, code in in_place.items() if question not in elsewhere}
    tree = json.loads(fill_notebook(notebook, in_place))
    for question in student.moved:
        insert(tree["cells"], chosen[question], before=question, offset=1)
    for edit in student.edits:
        edit(tree["cells"])
    return student.damage((json.dumps(tree, indent=1, ensure_ascii=False) + "\n").encode())


def write(folder: Path) -> None:
    """Write every student's notebooks to `folder/<student>/<assignment>/`."""
    assignment = load()
    answers = load_bank(assignment)
    given = assignment.release if assignment.release.is_dir() else assignment.source
    for name in CLASS:
        target = folder / name / assignment.name
        target.mkdir(parents=True, exist_ok=True)
        for path in sorted(given.glob("*.ipynb")):
            make = submission if path.name == assignment.notebook else warm_up
            notebook = make(name, path.read_bytes(), answers)
            if notebook is not None:
                (target / path.name).write_bytes(notebook)


def main() -> None:
    """Write the class to the folder named on the command line."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.sample_class FOLDER")
    folder = Path(sys.argv[1])
    write(folder)
    width = max(len(student.what) for student in CLASS.values())
    for name, student in CLASS.items():
        sys.stdout.write(f"{name:8}{student.what:{width + 2}}{expected(name)}\n")


if __name__ == "__main__":
    main()
