"""Run attacks and print the outcomes: `python -m tests.hostile [--table FILE] [WORD…]`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

from autograder.support.cpu import use_one_thread

use_one_thread()  # before the imports below, which import torch
from autograder.sandbox.confinement import bubblewrap  # noqa: E402
from tests.hostile import ATTACKS, table  # noqa: E402
from tests.hostile.stage import Outcome, attempt, stage  # noqa: E402


def main() -> int:
    """Run the attacks whose titles contain one of the words; return 1 if any is not contained."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("words", nargs="*", help="only attacks with such a word in their titles")
    parser.add_argument(
        "--table", type=Path, metavar="FILE", help="write this run into the table of this page"
    )
    parser.add_argument(
        "--without-bubblewrap", action="store_true", help="run as on a machine without bubblewrap"
    )
    parser.add_argument(
        "--list",
        type=Path,
        metavar="FILE",
        help="only write the list of attacks into this page",
    )
    parser.add_argument("--count", action="store_true", help="only count the attacks")
    options = parser.parse_args()
    chosen = [a for a in ATTACKS if not options.words or any(w in a.title for w in options.words)]
    if options.list:
        table.add_listing(options.list, ATTACKS)
        return 0
    if options.count:
        families = Counter(attack.family for attack in chosen)
        print(f"{len(chosen)} attacks in {len(families)} families")
        print("\n".join(f"{count:5} {family}" for family, count in families.items()))
        return 0
    if not chosen:
        parser.error(f"no attack has {' or '.join(options.words)} in its title")
    found: dict[str, list[Outcome]] = {}
    with ExitStack() as setting:
        if options.without_bubblewrap:
            setting.enter_context(mock.patch.object(bubblewrap.shutil, "which", return_value=None))
        folder = setting.enter_context(tempfile.TemporaryDirectory())
        target = setting.enter_context(stage(Path(folder)))
        for attack in chosen:
            outcome = attempt(target, attack)
            found.setdefault(attack.family, []).append(outcome)
            message = next((c.message for c in outcome.result.questions[0].checks if c.message), "")
            verdict = "; ".join(outcome.breaches) or f"contained ({message[:70]})"
            print(f"{outcome.seconds:5.1f} s  {attack.title}: {verdict}", flush=True)
        layers = target.sandbox.confinement
    run = table.Run.of(found, layers, as_root=os.geteuid() == 0)
    print(f"\n{table.text({run.setting: run})}")
    if options.table:
        table.add(options.table, run)
    return int(any(outcome.breaches for outcomes in found.values() for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
