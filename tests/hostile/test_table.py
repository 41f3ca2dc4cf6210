"""The table of attacks counts contained attacks for each setting, and the list has all of them."""

from __future__ import annotations

from types import SimpleNamespace

from tests.hostile import ATTACKS, table
from tests.hostile.stage import REPO


def outcomes(*breaches):
    return [SimpleNamespace(breaches=b, seconds=0.5 + i) for i, b in enumerate(breaches)]


def test_two_runs_have_a_column_each_and_a_breach_lowers_the_count(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"above\n{table.BEGIN}\nold\n{table.END}\nbelow\n")
    found = {"reading": outcomes((), ("read",)), "writing": outcomes(())}
    table.add(page, table.Run.of(found, ["seccomp"], as_root=False))
    table.add(page, table.Run.of(found, ["bubblewrap"], as_root=True))
    said = page.read_text()
    assert "contained as root | contained as a user, without bubblewrap" in said
    assert "| reading | 2 | 1 of 2 | 1 of 2 | 1.0 | 1.5 |" in said
    assert "| **all** | 3 | 2 of 3 | 2 of 3 | 0.5 | 1.5 |" in said
    assert said.startswith("above")
    assert said.endswith("below\n")
    assert "old" not in said


def test_the_page_lists_every_attack():
    page = (REPO / "docs/hostile.md").read_text(encoding="utf-8")
    assert table.listing(ATTACKS) in page, "run: python -m tests.hostile --list docs/hostile.md"
