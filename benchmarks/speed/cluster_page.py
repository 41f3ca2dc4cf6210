"""Compute what a cluster adds to each submission, and the time for a large class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Rows = Mapping[str, Mapping[str, float]]
CLASS, NODES = 100_000, 64


@dataclass(frozen=True)
class Each:
    """The cost of one submission for a way of grading, without its start.

    Attributes:
        seconds: Wall time, with all workers at work.
        scheduler: Processor seconds of the scheduler.
        sent: Bytes sent between the command, the scheduler and the workers.
        command: Processor seconds of the command, which on a cluster does not grade.
    """

    seconds: float
    scheduler: float
    sent: float
    command: float


def ways(rows: Rows) -> dict[str, Each]:
    """Return each way's cost per submission: that of the class, less that of the start."""
    found = {}
    for what, batch in rows.items():
        name, _, count = what.partition("/")
        starts = [one for one in rows if one.startswith(f"{name}, start/")]
        for start in starts:
            few = rows[start]
            more = int(count) - int(start.partition("/")[2])
            wall, scheduler, sent, cpu = (
                (batch.get(figure, 0) - few.get(figure, 0)) / more
                for figure in ("wall", "scheduler", "bytes", "cpu")
            )
            found[name] = Each(wall, scheduler, sent, cpu)
    return found


def table(rows: Rows, processors: int) -> Iterator[str]:
    """Yield the cost per submission and the efficiency of each way.

    The efficiency is one job's time, divided by the way's time and its number of processors.
    """
    found = ways(rows)
    if "1 job" not in found:
        return
    yield from ("", "Without the start:", "")
    yield "| what | wall, s each | efficiency | scheduler, ms each | sent, KiB each |"
    yield "|---|---:|---:|---:|---:|"
    alone = found["1 job"].seconds
    for name, each in found.items():
        used = min(int(name.split()[0]), processors)
        row = f"| {name} | {each.seconds:.3f} | {alone / used / each.seconds:.0%} |"
        more = f" {1000 * each.scheduler:.1f} | {each.sent / 1024:.0f} |" if each.sent else "  |  |"
        yield row + more


def on_paper(rows: Rows, evening: Rows, processors: int) -> Iterator[str]:
    """Yield an estimate for a large class on many nodes like this machine."""
    found = ways(rows)
    local, spread = found.get(f"{processors} jobs"), found.get(f"{processors} workers")
    mix = next((cost for what, cost in evening.items() if what.startswith("two jobs/")), None)
    if local is None or spread is None or mix is None:
        return
    added = max(spread.seconds - local.seconds, 0.0)
    each = mix["wall_each"] + added
    seconds = CLASS / NODES * each
    busy, command = CLASS * spread.scheduler, CLASS * spread.command
    sent = CLASS * spread.sent
    most = NODES * seconds / max(busy, command)
    yield f"""
### A class of {CLASS:,} on {NODES} nodes, on paper

- The nodes are like this machine, with {processors} workers each. A submission of the mix takes
  such a node {mix["wall_each"]:.2f} s (below), and the cluster adds {added:.3f} s: {CLASS:,} /
  {NODES} × {each:.2f} s = **{seconds / 60:.0f} minutes**.
- The scheduler would be busy for at most {busy:.0f} s of these {seconds:.0f}, and the command,
  which submits and writes results, for {command:.0f} s. One of the two is the limit from about
  {most:.0f} nodes on.
- {sent / 1e9:.1f} GB would be sent, {sent / seconds / 1e6:.1f} MB a second."""
