"""What a cluster adds to each submission, and what a large class would take, on paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Rows = Mapping[str, Mapping[str, float]]
CLASS, NODES = 100_000, 64


@dataclass(frozen=True)
class Each:
    """What one submission costs a way of grading once it has started.

    Attributes:
        seconds: Of wall time, of all its workers together.
        scheduler: Seconds of processor.
        sent: Bytes between the command, the scheduler and the workers.
        command: Seconds of processor of the command, which on a cluster grades nothing itself.
    """

    seconds: float
    scheduler: float
    sent: float
    command: float


def ways(rows: Rows) -> dict[str, Each]:
    """Return each way's cost of a submission: of the batch, less that of the few that start it."""
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
    """Yield what each way costs a submission, and how much of its processors' time is used.

    Of one job's: as many processors as there are workers would take that share of its seconds.
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
    """Yield how long a class would take on many nodes like this machine, from what was measured."""
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

- Nodes like this machine, {processors} workers each. A submission of the mix takes such a node
  {mix["wall_each"]:.2f} s (below), and being on a cluster {added:.3f} s: {CLASS:,} / {NODES} ×
  {each:.2f} s = **{seconds / 60:.0f} minutes**.
- The scheduler would be busy for {busy:.0f} s of these {seconds:.0f} (at most: some of it is spent
  while it waits), and the command, which submits and writes down, for {command:.0f} s: one of the
  two is the limit from about {most:.0f} nodes on.
- {sent / 1e9:.1f} GB would be sent, {sent / seconds / 1e6:.1f} MB a second."""
