"""Grade attacks and say what came of them: `python -m tests.hostile [--table FILE] [WORD…]`."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from autograder import one_thread  # noqa: F401 - for its effect, before torch is imported
from tests.hostile import ATTACKS
from tests.hostile.stage import Outcome, attempt, stage


def main() -> int:
    """Run the attacks whose titles hold one of the words; exit 1 if any gets out."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("words", nargs="*", help="only attacks with one of these in their titles")
    parser.add_argument("--table", type=Path, metavar="FILE", help="write the table as Markdown")
    options = parser.parse_args()
    chosen = [a for a in ATTACKS if not options.words or any(w in a.title for w in options.words)]
    found: dict[str, list[Outcome]] = {}
    with tempfile.TemporaryDirectory() as folder, stage(Path(folder)) as ground:
        for attack in chosen:
            outcome = attempt(ground, attack)
            found.setdefault(attack.family, []).append(outcome)
            said = next((c.message for c in outcome.result.questions[0].checks if c.message), "")
            told = "; ".join(outcome.breaches) or f"contained ({said[:70]})"
            print(f"{outcome.seconds:5.1f} s  {attack.title}: {told}", flush=True)  # noqa: T201
        layers = ground.room.confinement
    table = "\n".join(rows(found))
    print(f"\n{table}\n\nLayers that held: {', '.join(layers)}.")  # noqa: T201
    if options.table:
        write(options.table, table, layers)
    return int(any(outcome.breaches for outcomes in found.values() for outcome in outcomes))


def rows(found: dict[str, list[Outcome]]) -> list[str]:
    """Return the table: a row for each family, and one for all of them."""
    lines = [
        "| family | attacks | contained | median s to verdict | worst |",
        "|---|--:|--:|--:|--:|",
    ]
    everything = [outcome for outcomes in found.values() for outcome in outcomes]
    for family, outcomes in [*found.items(), ("**all**", everything)]:
        seconds = [outcome.seconds for outcome in outcomes]
        contained = sum(not outcome.breaches for outcome in outcomes)
        lines.append(
            f"| {family} | {len(outcomes)} | {contained} | {statistics.median(seconds):.1f} "
            f"| {max(seconds):.1f} |"
        )
    return lines


def write(path: Path, table: str, layers: list[str]) -> None:
    """Put the table into a page, between the marks that are there for it."""
    begin, end = "<!-- table: python -m tests.hostile --table -->", "<!-- end of table -->"
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition(begin)
    _, _, tail = rest.partition(end)
    held = f"Layers that held in this run: {', '.join(layers)}."
    path.write_text(f"{head}{begin}\n\n{table}\n\n{held}\n\n{end}{tail}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
