"""The attacks: a list of what each is aimed at, what it does, and how."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from autograder.authoring.attacks import sources


@dataclass(frozen=True)
class PortableAttack:
    """One attack.

    Attributes:
        group: What it is aimed at.
        name: What it does.
        source: The body of the function that does it.
        sender: The body of a function that is called before, in another worker, and sends it a
            message; empty if there is none.
    """

    group: str
    name: str
    source: str
    sender: str = ""

    @property
    def tried(self) -> str:
        """What is tried, on one line."""
        lines = textwrap.dedent(self.source).strip().splitlines()
        code = "; ".join(line.strip() for line in lines).replace(":; ", ": ")
        return code if len(code) <= 70 else code[:69] + "…"


def _each(group: str, table: dict[str, str]) -> list[PortableAttack]:
    return [PortableAttack(group, name, source) for name, source in table.items()]


READING, WRITING, STARTING, TALKING = "reads", "writes", "processes", "network"
OTHERS, REMEMBERING = "other submissions", "the grader's memory"
FORGING, SHOWING = "forged answers", "pages"

ATTACKS = [
    *_each(READING, sources.READS),
    *_each(WRITING, sources.WRITES),
    *_each(STARTING, sources.PROCESSES | sources.SIGNALS),
    *_each(TALKING, sources.NETWORK),
    *_each(OTHERS, {f"reading {name}": source for name, source in sources.SUBMISSIONS.items()}),
    *_each(
        OTHERS, {f"writing {name}": source for name, source in sources.SUBMISSION_WRITES.items()}
    ),
    *(PortableAttack(OTHERS, name, two[1], two[0]) for name, two in sources.MESSAGES.items()),
    *_each(REMEMBERING, sources.MEMORY),
    *_each(
        FORGING, {f"patched: {name}": f"{one}\nreturn mu" for name, one in sources.PATCHES.items()}
    ),
    *_each(FORGING, sources.FRAMES),
    *_each(SHOWING, sources.PAGES),
]
