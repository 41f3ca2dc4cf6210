"""docs/speed.md and its picture, from what `benchmarks.speed.__main__` has measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from benchmarks.speed import speed_cluster
from checkkit import figure_style

Told = Mapping[str, Mapping[str, Any]]
OURS = "ours"

HEAD = """\
# How fast

Made by `make bench` (`python -m benchmarks.speed.__main__`) from [speed.json](speed.json); do not edit.
Seconds depend on the machine; what is compared was measured in turn, in one run, on the same one.
"""
# What was wanted, as ratios in one run on two processors.
TIMES_STOCK, OVERHEAD, START, AGAIN = 10.0, 1.25, 4.0, 200.0
MEMORY, MEMORY_EACH = 600, 150  # MiB, and for each job
LIMITS = """
## What limits it

- The target of {wanted:g} for the whole over the bare computation leaves {left:.1f} s for all else.
  The checks' own statistics, oracles and examples, in the grader, take {checks:.1f} s: with a wall
  between grader and student that cost nothing the ratio would be {free:.2f}. It could be reached
  only by checks that see less.
- The student's own computation costs more in the room than in a warm process: a worker is a fresh
  fork whose memory comes page by page (65,000 page faults a submission) and whose caches are cold.
  A step of the training is 5 ms of the student's, and 1.5 to 2.5 ms of the wall's.
- An ask is 0.3 to 0.6 ms of both processes, who take a header apart, look at tensors and wake each
  other. No part of it stands out; calls could be fewer (several in a frame), hardly cheaper.
- Memory: the grader and the room have each imported PyTorch. Of a build for GPUs that is 280 MiB of
  their own each and 420 MiB of files that they share; with one empty submission it is {empty}.
  So the target cannot be reached with such a build. A job adds 250 to 300 MiB: what two forked
  processes touch, and the images that a call makes.
- A start is what the room imports, on its own processor: PyTorch 1.2 s, torchvision (with
  PyTorch's compiler) 1.1 s, Matplotlib 0.4 s, all of it with Python's collector switched off.
- A function that hangs keeps one processor busy for 17 s: its deadlines of 10, 3, 1.5, 1 and 1 s,
  after which it is not called again. (The class of 300 above was graded when it still was called
  in every check, for 30 s: a quarter of its time.)

Tried, and dropped because nothing was gained: batches of 16 and calls of 250 images (a fifth fewer
page faults, the same time, 20 MiB); huge pages; processes pinned to processors; three jobs on two
processors. Paid, and kept: a worker of its own for every question, 0.1 to 0.5 s a submission, so
that no question's outcome depends on another.
"""
TEXTS = {
    "peers": """
## Beside other graders

The same submissions and the same checks. Stock nbgrader runs each notebook from its first cell to
its last, training included (*as released*); *answers only* is a notebook that nobody hands out,
with the set-up, the answers and the checks in it. *Mix*: 60 % right, 30 % with mistakes, 10 % cut
short or hanging. Of a class of one, this program grades the questions side by side. Seconds hold
the start, half of the time of a class of one.

Scores are the same for right ones. In the mix nbgrader's mean is 1 to 4 points lower: it has no
stand-ins, so that a wrong or hanging `reparameterize` costs points of `conv_vae`, too.

![Seconds for each submission](speed.png)
""",
    "overhead": """
## What is not the student's own computation

Processor seconds for the reference answer: *bare* is what the checks have the student's code do
(calls, backward passes, training), in one warm process; *whole* is all that grading it costs.
""",
    "scale": """
## As a class grows

Submissions that answer one short question, so that what grows is the class and not the arithmetic.
*Again*: the same command a second time. *One question changed*: after a change of one question's
checks.
""",
    "cluster": """
## On a cluster

The same short submissions, on this machine alone and through dask workers of one thread each.
*Start*: a submission for each worker, which has first to fetch the course and open its room. The
processor seconds and the memory of a cluster's workers are not the command's, and not shown.
""",
    "students": """
## What students wait for

Seconds for the checks in a student's own process; where measured, for whole notebooks on one
processor.
""",
    "evening": """
## One class, graded in every way

A mix as above. *Again*: the same command a second time; *four points moved*: between two checks of
a question. On the cluster of two workers one was killed when a third of the results were there. The
other ways must give the results of two jobs, but for times (nbgrader: the scores). Only the first
three rows are times of a machine with nothing else to do; the others are there for their results.
""",
    "changes": """
## Before and after

Right submissions, the same ones, graded with one job by these commits, in turn: before any change
for speed, before questions had workers of their own, and today. (The checks of today ask more.)
""",
}


def write(told: Told, docs: Path) -> None:
    """Write the page and the picture from what there is."""
    told = _peers_together(told)
    lines = [HEAD, *_targets(told)]
    for name, text in TEXTS.items():
        if name in told:
            lines += [f"{text}\nMeasured on {told[name]['machine']}.\n", *_table(name, told[name])]
        if name == "cluster" and name in told:
            lines += _cluster(told)
    lines.append(_limits(told))
    (docs / "speed.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if "peers" in told:
        draw(told["peers"]).savefig(docs / "speed.png")


def _peers_together(told: Told) -> Told:
    """Return what was told with notebooks as released among those of answers only."""
    parts = [told[name] for name in ("peers", "released") if name in told]
    together = {what: found for part in parts for what, found in part.items()}
    return {**told, **({"peers": together} if parts else {})}


def _limits(told: Told) -> str:
    found = told.get("overhead", {}).get("reference", {})
    bare, checks = found.get("bare", math.nan), found.get("checks", math.nan)
    scale = told.get("scale", {})
    starts = [one["peak"] for what, one in scale.items() if what.startswith("start")]
    empty = f"{starts[0]:.0f} MiB" if starts else "not measured"
    left, free = (OVERHEAD - 1) * bare, (bare + checks) / bare
    return LIMITS.format(wanted=OVERHEAD, left=left, checks=checks, free=free, empty=empty)


def _targets(told: Told) -> Iterator[str]:
    """Yield what was wanted beside what was reached, as far as it has been measured."""
    yield from ("## What was wanted", "", "| | wanted | reached |", "|---|---:|---:|")
    peers = {what: found for what, found in told.get("peers", {}).items() if what != "machine"}
    for way in ("as released", "answers only"):
        wanted = f"≥ {TIMES_STOCK:g}" if way == "as released" else ""
        ratios = [ratio for what, ratio, _ in _beside(peers) if way in what and "nbgrader" in what]
        if ratios:
            said = " to ".join(dict.fromkeys(f"{one(ratios):.1f}" for one in (min, max)))
            yield f"| submissions a minute, beside stock nbgrader, {way} | {wanted} | {said} |"
    if "overhead" in told:
        found = told["overhead"]["reference"]["ratio"]
        yield f"| whole grading / bare computation | ≤ {OVERHEAD:g} | {found:.2f} |"
    if peaks := [found["peak"] for what, found in peers.items() if what.startswith(OURS)]:
        wanted = f"≤ {MEMORY + 2 * MEMORY_EACH}"
        yield f"| peak memory with two jobs, MiB | {wanted} | {max(peaks):.0f} |"
    for what, found in told.get("scale", {}).items():
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
    """Yield where the whole goes."""
    asks = f"{found['asks']:,.0f} times; it asks back {found['asked_back']:,.0f} times"
    yield from ("", "Where the whole goes:", "", "| | s |", "|---|---:|")
    for what, seconds in (
        ("the room: the student's computation, and all that it takes to be asked", found["room"]),
        (f"the grader: to ask the room, {asks}", found["asking"]),
        ("the grader: the checks' own statistics, oracles and examples", found["checks"]),
        ("the grader: pytest's sessions, one a question", found["sessions"]),
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


def _cluster(told: Told) -> Iterator[str]:
    rows = {what: found for what, found in told["cluster"].items() if what != "machine"}
    processors = int(told["cluster"]["machine"].split()[0])
    yield from speed_cluster.table(rows, processors)
    yield from speed_cluster.on_paper(rows, told.get("evening", {}), processors)


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
    """Yield how many results each way gives otherwise."""
    for what, found in rows.items():
        if "other_results" in found:
            way, _, count = what.partition("/")
            other, lost = found["other_results"], found["missing"]
            yield f"- {way}: of {count} results {other} are others, {lost} are missing."


def _largest(rows: Mapping[str, Mapping[str, float]], kind: str) -> tuple[Mapping[str, float], str]:
    sizes = [what.split("/")[2] for what in rows if what.startswith(f"{OURS}/{kind}/")]
    largest = max(sizes, key=int)
    return rows[f"{OURS}/{kind}/{largest}"], largest


@figure_style.styled
def draw(part: Mapping[str, Any]) -> Figure:
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
