"""docs/speed.md and its picture, from what `benchmarks.speed` has measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.speed import cluster_page
from checkkit import figure_style
from checkkit.figure_style import DescribedFigure

Measurements = Mapping[str, Mapping[str, Any]]
OURS = "ours"

HEAD = """\
# How fast

Made by `make bench` from [speed.json](speed.json); do not edit. Seconds depend on the machine.
Values that are compared were measured in turn, in one run, on the same machine.
"""
# Targets, as ratios in one run on two processors.
TIMES_STOCK, OVERHEAD, START, AGAIN = 10.0, 1.25, 4.0, 200.0
MEMORY, MEMORY_EACH = 600, 150  # MiB, and for each job
LIMITS = """
## What limits it

- The target of {wanted:g} for whole / bare leaves {left:.1f} s for everything but the student's
  computation. The checks' own statistics, oracles and examples, in the grader, take {checks:.1f}
  s: even if the wall cost nothing, the ratio would be {free:.2f}. Only weaker checks could reach
  the target.
- The student's computation costs more in the sandbox than in a warm process. A worker is a new
  fork: its memory arrives page by page (65,000 page faults per submission) and its caches are
  cold. A training step takes 5 ms for the student's computation and 1.5 to 2.5 ms for the wall.
- A call takes 0.3 to 0.6 ms in both processes together, for parsing a header, inspecting tensors
  and waking each other. No part dominates. Several calls in one frame would help; cheaper calls
  hardly.
- Memory: the grader and the sandbox have each imported PyTorch. With a GPU build, each takes 280
  MiB of its own, and they share 420 MiB of files; with one empty submission the total is {empty}.
  So the target cannot be reached with such a build. A job adds 250 to 300 MiB: the pages that two
  forked processes touch, and the images of a call.
- The start is the time for the sandbox's imports, on its own processor: PyTorch 1.2 s,
  torchvision (with PyTorch's compiler) 1.1 s, Matplotlib 0.4 s, all with Python's garbage
  collector off.
- A function that hangs keeps one processor busy for 17 s: deadlines of 10, 3, 1.5, 1 and 1 s,
  after which it is not called again. (The class of 300 above was graded when it was still called
  in every check, for 30 s: a quarter of the class's time.)

Tried and dropped, without a gain: batches of 16 and calls of 250 images (a fifth fewer page
faults, the same time, 20 MiB less); huge pages; processes pinned to processors; three jobs on two
processors. Kept at a cost: a new worker for every question, 0.1 to 0.5 s per submission, so that
no question's outcome depends on another.
"""
TEXTS = {
    "peers": """
## Beside other graders

All graders get the same submissions and the same checks. Stock nbgrader executes each notebook
from the first cell to the last. *As released* includes the notebook's training, which this
program does not run; *answers only* is the like-for-like comparison, with notebooks reduced to
the set-up, the answers and the checks. *Mix*: 60 % right, 30 % with mistakes, 10 % cut short or
hanging. In a class of one, this program grades the questions in parallel. Seconds include the
start, which is half the time of a class of one.

Right submissions get the same scores. In the mix nbgrader's mean is 1 to 4 points lower: it has
no stand-ins, so a wrong or hanging `reparameterize` also costs points of `conv_vae`.

![Seconds for each submission](speed.png)
""",
    "overhead": """
## Overhead

Processor seconds for the reference answer. *Bare*: the computation that the checks request from
the student's code (calls, backward passes, training), in one warm process. *Whole*: everything
that grading costs.
""",
    "scale": """
## As a class grows

Submissions answer one short question, so that the class grows and not the arithmetic. *Again*:
the same command a second time. *One question changed*: after a change of one question's checks.
""",
    "cluster": """
## On a cluster

The same short submissions, on this machine alone and through dask workers of one thread each.
*Start*: one submission per worker, which first fetches the course and starts its sandbox.
Processor seconds and memory of a cluster's workers are not part of the command's and are not
shown.
""",
    "students": """
## What students wait for

Seconds for the visible checks in a student's own process and, where measured, for whole notebooks
on one processor.
""",
    "evening": """
## One class, graded in every way

A mix as above. *Again*: the same command a second time. *Four points moved*: between two checks
of a question. On the cluster of two workers, one was killed after a third of the results. All
ways must give the results of *two jobs*, apart from times (nbgrader: the same scores). Only the
first three rows were timed on an otherwise idle machine; the others show that results agree.
""",
    "changes": """
## Before and after

The same right submissions, graded with one job by these commits, in turn: before any change for
speed, before questions had workers of their own, and the latest. (The latest checks test more.)
""",
}


def write(measured: Measurements, docs: Path) -> None:
    """Write the page and the picture from what there is."""
    measured = _peers_together(measured)
    lines = [HEAD, *_targets(measured)]
    for name, text in TEXTS.items():
        if name in measured:
            lines += [
                f"{text}\nMeasured on {measured[name]['machine']}.\n",
                *_table(name, measured[name]),
            ]
        if name == "cluster" and name in measured:
            lines += _cluster(measured)
    lines.append(_limits(measured))
    (docs / "speed.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if "peers" in measured:
        draw(measured["peers"]).savefig(docs / "speed.png")


def _peers_together(measured: Measurements) -> Measurements:
    """Return the measurements with those of released notebooks added to the part `peers`."""
    parts = [measured[name] for name in ("peers", "released") if name in measured]
    together = {what: found for part in parts for what, found in part.items()}
    return {**measured, **({"peers": together} if parts else {})}


def _limits(measured: Measurements) -> str:
    found = measured.get("overhead", {}).get("reference", {})
    bare, checks = found.get("bare", math.nan), found.get("checks", math.nan)
    scale = measured.get("scale", {})
    starts = [one["peak"] for what, one in scale.items() if what.startswith("start")]
    empty = f"{starts[0]:.0f} MiB" if starts else "not measured"
    left, free = (OVERHEAD - 1) * bare, (bare + checks) / bare
    return LIMITS.format(wanted=OVERHEAD, left=left, checks=checks, free=free, empty=empty)


def _targets(measured: Measurements) -> Iterator[str]:
    """Yield the targets beside what was reached, as far as it has been measured."""
    yield from ("## Targets", "", "| | target | reached |", "|---|---:|---:|")
    peers = {what: found for what, found in measured.get("peers", {}).items() if what != "machine"}
    for way in ("as released", "answers only"):
        wanted = f"≥ {TIMES_STOCK:g}" if way == "as released" else ""
        ratios = [ratio for what, ratio, _ in _beside(peers) if way in what and "nbgrader" in what]
        if ratios:
            said = " to ".join(dict.fromkeys(f"{one(ratios):.1f}" for one in (min, max)))
            what = f"times as many submissions a minute as stock nbgrader, {way}"
            yield f"| {what} | {wanted} | {said} |"
    if "overhead" in measured:
        found = measured["overhead"]["reference"]["ratio"]
        yield f"| whole grading / bare computation | ≤ {OVERHEAD:g} | {found:.2f} |"
    if peaks := [found["peak"] for what, found in peers.items() if what.startswith(OURS)]:
        wanted = f"≤ {MEMORY + 2 * MEMORY_EACH}"
        yield f"| peak memory with two jobs, MiB | {wanted} | {max(peaks):.0f} |"
    for what, found in measured.get("scale", {}).items():
        if what.startswith("start"):
            yield f"| start, and one empty submission, s | ≤ {START:g} | {found['wall']:.1f} |"
        elif what.startswith("again"):
            each = 1 / (found["wall"] / int(what.split("/")[1]))
            yield f"| submissions a second when nothing is new | ≥ {AGAIN:g} | {each:.0f} |"


def _table(name: str, part: Mapping[str, Any]) -> Iterator[str]:
    rows = {what: figures for what, figures in part.items() if what != "machine"}
    if name == "overhead":
        found = rows["reference"]
        yield "| bare, s | whole, s | whole / bare | rounds |"
        yield "|---:|---:|---:|---:|"
        spread = f"{found['ratio']:.2f} ({found['lowest']:.2f} to {found['highest']:.2f})"
        yield f"| {found['bare']:.2f} | {found['whole']:.2f} | {spread} | {found['rounds']} |"
        yield from _where(found)
    elif name == "students":
        yield "| what | seconds |"
        yield "|---|---:|"
        yield from (f"| {what} | {seconds:g} |" for what, seconds in rows["seconds"].items())
    elif name == "changes":
        yield "| commit | start, s | each submission, s | peak memory, MiB |"
        yield "|---|---:|---:|---:|"
        for what, found in rows.items():
            yield f"| {what} | {found['start']:.1f} | {found['each']:.2f} | {found['peak']} |"
    else:
        yield from _costs(rows)
        if name == "peers":
            yield from ("", *_ratios(rows))
        if name == "evening":
            yield from ("", *_differences(rows))


def _where(found: Mapping[str, float]) -> Iterator[str]:
    """Yield the parts of the whole."""
    calls = f"{found['asks']:,.0f} of them, and {found['asked_back']:,.0f} back"
    yield from ("", "The parts of the whole:", "", "| | s |", "|---|---:|")
    for what, seconds in (
        ("sandbox: the student's computation, and answering calls", found["room"]),
        (f"grader: calls, {calls}", found["asking"]),
        ("grader: the checks' own statistics, oracles and examples", found["checks"]),
        ("grader: pytest's sessions, one per question", found["sessions"]),
    ):
        yield f"| {what} | {seconds:.2f} |"


def _costs(rows: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    yield "| what | submissions | wall, s each | CPU, s each | a minute | peak memory, MiB |"
    yield "|---|---:|---:|---:|---:|---:|"
    for what, found in rows.items():
        *names, count = what.split("/")
        minute = 60 / found["wall_each"]
        peak = f"{found['peak']:.0f}" if found["peak"] else "not seen"
        each = f"{found['wall_each']:.2f}"
        if found.get("rounds", 1) > 1:
            each += f" ({found['lowest']:.2f} to {found['highest']:.2f})"
        cpu = f"{found['cpu_each']:.2f}" if "cpu_each" in found and "bytes" not in found else ""
        yield f"| {', '.join(names)} | {count} | {each} | {cpu} | {minute:.1f} | {peak} |"


def _cluster(measured: Measurements) -> Iterator[str]:
    rows = {what: found for what, found in measured["cluster"].items() if what != "machine"}
    processors = int(measured["cluster"]["machine"].split()[0])
    yield from cluster_page.table(rows, processors)
    yield from cluster_page.on_paper(rows, measured.get("evening", {}), processors)


def _ratios(rows: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Yield how many times as many submissions a minute this program grades."""
    for what, ratio, said in _beside(rows):
        whose = ", ".join(what.split("/"))
        yield f"- {whose}: this program grades {ratio:.1f} times as many a minute{said}."


def _beside(rows: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, float, str]]:
    """Yield each other grader's class, how many times as many we grade, and in what class."""
    for what, found in rows.items():
        grader, kind, count = what.split("/")
        if grader == OURS:
            continue
        same = rows.get(f"{OURS}/{kind}/{count}")
        beside, size = (same, count) if same else _largest(rows, kind)
        said = "" if same else f" (in a class of {size})"
        yield what, found["wall_each"] / beside["wall_each"], said


def _differences(rows: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Yield how many results of each way differ."""
    for what, found in rows.items():
        if "other_results" in found:
            way, _, count = what.partition("/")
            other, lost = found["other_results"], found["missing"]
            yield f"- {way}: of {count} results, {other} differ and {lost} are missing."


def _largest(rows: Mapping[str, Mapping[str, float]], kind: str) -> tuple[Mapping[str, float], str]:
    sizes = [what.split("/")[2] for what in rows if what.startswith(f"{OURS}/{kind}/")]
    largest = max(sizes, key=int)
    return rows[f"{OURS}/{kind}/{largest}"], largest


@figure_style.styled
def draw(part: Mapping[str, Any]) -> DescribedFigure:
    """Draw the seconds for each submission, by grader and class."""
    rows = [(what, found) for what, found in part.items() if what != "machine"]
    longest = max(found["wall_each"] for _, found in rows)
    alt = "Bars of seconds for each submission: " + "; ".join(
        f"{what.replace('/', ', ')}: {found['wall_each']:.1f}" for what, found in rows
    )
    made = figure_style.figure(0.9 + 0.34 * len(rows), "Seconds for each submission", alt)
    axes = made.add_subplot()
    for row, (what, found) in enumerate(rows):
        colour = figure_style.BLUE if what.startswith(OURS) else figure_style.GREY
        axes.barh(row, found["wall_each"], color=colour, height=0.7)
        axes.text(found["wall_each"] + longest / 100, row, f"{found['wall_each']:.1f}", va="center")
    axes.set_yticks(range(len(rows)), [what.replace("/", ", ") for what, _ in rows])
    axes.invert_yaxis()
    axes.set_xlim(0, longest * 1.1)
    axes.set_xlabel("seconds of wall time")
    return made
