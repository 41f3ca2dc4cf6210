"""Make the table of what is refused: `python -m tests.sandbox.refusals_table`."""

from __future__ import annotations

from pathlib import Path

from autograder.sandbox.confinement.attempts import ATTEMPTS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "architecture.md"
BEGIN, END = "<!-- table: python -m tests.sandbox.refusals_table -->", "<!-- end of table -->"


def text() -> str:
    """Return the table as Markdown: a row for each subject and set of layers."""
    rows: dict[tuple[str, tuple[str, ...], bool], list[str]] = {}
    for one in ATTEMPTS:
        rows.setdefault((one.subject, one.layers, one.required), []).append(one.effect)
    lines = [
        "| about | what is tried | refused by each of | grading needs it |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {subject} | {'; '.join(effects)} | {', '.join(layers)} "
        f"| {'yes' if required else 'no'} |"
        for (subject, layers, required), effects in rows.items()
    ]
    return "\n".join(lines)


def page(before: str) -> str:
    """Return the page with the current table."""
    head, _, rest = before.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{text()}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
