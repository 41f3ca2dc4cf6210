"""The page on security names tests that exist, and counts what there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from autograder.authoring.attacks.suite import ATTACKS as PORTABLE
from tests.hostile import ATTACKS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")


def rows(heading: str) -> list[str]:
    """Return the rows of the table below a heading, without its head."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if re.match(r"\| \d+ \|", line)]


def test_each_promise_and_each_row_that_held_names_tests_that_exist():
    promises, outsiders = rows("Ten promises"), rows("Who attacked it")
    assert (len(promises), len(outsiders)) == (10, 26)
    for row in (*promises, *outsiders):
        named = re.findall(r"`((?:tests|solutions)/[\w/-]+\.py)`", row)
        assert named or "| not mended" in row, row
        assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_page_counts_the_attacks():
    families = len({attack.family for attack in ATTACKS})
    assert f"{len(ATTACKS)} attacks in {families} families" in PAGE
    assert f"tries {len(PORTABLE)} attacks on your own machine" in PAGE.replace("\n", " ")
    shared = len(PORTABLE) - sum(bool(attack.sender) for attack in PORTABLE)
    assert f"tries {len(PORTABLE)}: {shared} of" in PAGE.replace("\n", " ")
    command = [sys.executable, "-m", "tests.hostile", "--count"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"{len(ATTACKS)} attacks in {families} families\n")


def test_each_portable_attack_is_written_once():
    sources = {attack.source.strip() for attack in PORTABLE}
    kept = (ROOT / "tests" / "hostile").glob("*.py")
    text = "\n".join(path.read_text("utf-8") for path in kept)
    assert [source for source in sources if f'"{source}"' in text] == []


def test_the_policy_refers_to_the_page_and_to_the_command():
    policy = (ROOT / "SECURITY.md").read_text("utf-8")
    assert "(docs/security.md)" in policy
    assert "`autograder doctor --attack`" in policy
