"""Grade attacks and say what came of them: `python -m tests.hostile [--table FILE] [WORD…]`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

from autograder.support.cpu import use_one_thread

use_one_thread()
from autograder.sandbox.confinement import bubblewrap
from tests.hostile import ATTACKS, table
from tests.hostile.stage import Outcome, attempt, stage


def main() -> int:
    """Run the attacks whose titles hold one of the words; exit 1 if any gets out."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("words", nargs="*", help="only attacks with one of these in their titles")
    parser.add_argument(
        "--table", type=Path, metavar="FILE", help="put this run into the page's table"
    )
    parser.add_argument(
        "--without-bubblewrap", action="store_true", help="as on a machine that has none"
    )
    options = parser.parse_args()
    chosen = [a for a in ATTACKS if not options.words or any(w in a.title for w in options.words)]
    found: dict[str, list[Outcome]] = {}
    with ExitStack() as setting:
        if options.without_bubblewrap:
            setting.enter_context(mock.patch.object(bubblewrap.shutil, "which", return_value=None))
        folder = setting.enter_context(tempfile.TemporaryDirectory())
        ground = setting.enter_context(stage(Path(folder)))
        for attack in chosen:
            outcome = attempt(ground, attack)
            found.setdefault(attack.family, []).append(outcome)
            said = next((c.message for c in outcome.result.questions[0].checks if c.message), "")
            told = "; ".join(outcome.breaches) or f"contained ({said[:70]})"
            print(f"{outcome.seconds:5.1f} s  {attack.title}: {told}", flush=True)
        layers = ground.sandbox.confinement
    run = table.Run.of(found, layers, as_root=os.geteuid() == 0)
    print(f"\n{table.text({run.setting: run})}")
    if options.table:
        table.add(options.table, run)
    return int(any(outcome.breaches for outcomes in found.values() for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
