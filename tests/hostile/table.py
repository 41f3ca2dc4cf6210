"""The table of attacks, a row for each family and a column for each setting, and their list."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.hostile.attack import Attack
from tests.hostile.stage import Outcome

BEGIN, END = "<!-- table: python -m tests.hostile --table -->", "<!-- end of table -->"
LIST_BEGIN, LIST_END = "<!-- list: python -m tests.hostile --list -->", "<!-- end of list -->"
ALL = "**all**"
SETTINGS = (
    "as root",
    "as root, without bubblewrap",
    "as a user",
    "as a user, without bubblewrap",
)


@dataclass(frozen=True)
class Family:
    """The outcomes of one family of attacks in one run."""

    attacks: int
    contained: int
    median: float
    worst: float


@dataclass(frozen=True)
class Run:
    """The outcomes of a run of all attacks in one setting."""

    setting: str
    layers: tuple[str, ...]
    families: Mapping[str, Family]

    @classmethod
    def of(
        cls, found: Mapping[str, Sequence[Outcome]], layers: Sequence[str], *, as_root: bool
    ) -> Run:
        """Return the summary of a run's outcomes."""
        setting = SETTINGS[2 * (not as_root) + ("bubblewrap" not in layers)]
        everything = [outcome for outcomes in found.values() for outcome in outcomes]
        families = {name: _family(outcomes) for name, outcomes in found.items()}
        families[ALL] = _family(everything)
        return cls(setting, tuple(layers), families)


def _family(outcomes: Sequence[Outcome]) -> Family:
    seconds = [outcome.seconds for outcome in outcomes]
    contained = sum(not outcome.breaches for outcome in outcomes)
    return Family(
        len(outcomes), contained, round(statistics.median(seconds), 1), round(max(seconds), 1)
    )


def text(runs: Mapping[str, Run]) -> str:
    """Return the table as Markdown; its seconds are over all settings."""
    settings = sorted(runs, key=SETTINGS.index)
    names = [f"contained {one}" for one in settings]
    lines = [
        f"| family | attacks | {' | '.join(names)} | median s to result | maximum |",
        "|---|--:|" + "--:|" * (len(settings) + 2),
    ]
    for name in max((run.families for run in runs.values()), key=len):
        each = [runs[one].families.get(name) for one in settings]
        done = [family for family in each if family]
        contained = [
            f"{family.contained} of {family.attacks}" if family else "–" for family in each
        ]
        lines.append(
            f"| {name} | {max(family.attacks for family in done)} | {' | '.join(contained)} "
            f"| {statistics.median(family.median for family in done):.1f} "
            f"| {max(family.worst for family in done):.1f} |"
        )
    held = [f"Layers that held {one}: {', '.join(runs[one].layers)}." for one in settings]
    return "\n".join(lines) + "\n\n" + "  \n".join(held)


def add(page: Path, run: Run) -> None:
    """Add a run to the page's table, in the column of its setting.

    The summaries of all runs are kept in a JSON file beside the page.
    """
    kept = page.with_suffix(".json")
    trees = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    trees[run.setting] = asdict(run)
    kept.write_text(json.dumps(trees, indent=1) + "\n", encoding="utf-8")
    runs = {name: _read(tree) for name, tree in trees.items()}
    head, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    page.write_text(f"{head}{BEGIN}\n\n{text(runs)}\n\n{END}{tail}", encoding="utf-8")


def listing(attacks: Iterable[Attack]) -> str:
    """Return a list of all attacks as Markdown, an item for each family."""
    families: dict[str, list[str]] = {}
    for attack in attacks:
        families.setdefault(attack.family, []).append(attack.name)
    return "\n".join(
        f"- **{family}** ({len(names)}): {'; '.join(names)}." for family, names in families.items()
    )


def add_listing(page: Path, attacks: Iterable[Attack]) -> None:
    """Write the list of all attacks into the page."""
    head, _, rest = page.read_text(encoding="utf-8").partition(LIST_BEGIN)
    tail = rest.partition(LIST_END)[2]
    text = f"{head}{LIST_BEGIN}\n\n{listing(attacks)}\n\n{LIST_END}{tail}"
    page.write_text(text, encoding="utf-8")


def _read(tree: dict[str, object]) -> Run:
    families = tree["families"]
    assert isinstance(families, dict)
    return Run(**{**tree, "families": {name: Family(**one) for name, one in families.items()}})  # type: ignore[arg-type]
