"""Sphinx directives that write reference pages from the code itself.

`command-reference` lists every command and option, from argparse.
`result-reference` lists every key of a result file, from its JSON schema.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

import result_schema
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from autograder.cli.arguments import parser


class _Generated(SphinxDirective):
    """A directive whose content is generated Markdown."""

    def run(self) -> list[nodes.Node]:
        """Return the nodes of the generated text."""
        return self.parse_text_to_nodes("\n".join(self.lines()), allow_section_headings=True)

    def lines(self) -> Iterator[str]:
        """Yield the text."""
        raise NotImplementedError


class CommandReference(_Generated):
    """A section for each command: its usage, its arguments and its options."""

    def lines(self) -> Iterator[str]:
        """Yield the text."""
        yield from _commands(parser())


def _commands(command: argparse.ArgumentParser, purpose: str = "") -> Iterator[str]:
    groups = [one for one in command._actions if isinstance(one, argparse._SubParsersAction)]  # noqa: SLF001 - argparse has no public way to list subcommands
    options = [one for one in command._actions if one not in groups]  # noqa: SLF001 - likewise
    if not groups or len(options) > 1:  # a command with more than subcommands and --help
        yield from (f"## {command.prog}", "", _sentence(purpose or command.description or ""), "")
        yield from ("```text", command.format_usage().removeprefix("usage: ").rstrip(), "```", "")
        for action in options:
            if action.dest == "help" and not groups:
                continue  # every command has it
            yield from (f"`{_spelling(action)}`", f": {_meaning(action)}", "")
    for group in groups:
        purposes = {one.dest: one.help or "" for one in group._choices_actions}  # noqa: SLF001 - likewise
        for name, inner in group.choices.items():
            yield from _commands(inner, purposes.get(name, "") or purpose)


def _spelling(action: argparse.Action) -> str:
    names = ", ".join(action.option_strings)
    value = ""
    if action.nargs != 0:
        metavar = action.metavar or (
            "{" + ",".join(map(str, action.choices)) + "}" if action.choices else action.dest
        )
        value = str(metavar if not names or action.metavar or action.choices else metavar.upper())
        value += "…" if action.nargs == "+" else ""
    return " ".join(part for part in (names, value) if part)


def _meaning(action: argparse.Action) -> str:
    said = _sentence(action.help or "")
    shown = action.default not in (None, False, "", [], argparse.SUPPRESS)
    default = f"Default: `{action.default}`." if shown else ""
    needed = "Required." if action.option_strings and action.required else ""
    return " ".join(part for part in (said, default, needed) if part) or "–"


def _sentence(words: str) -> str:
    words = " ".join(words.replace("<", "\\<").split())
    return words[:1].upper() + words[1:] + ("." if words and words[-1] not in ".!?)" else "")


class ResultReference(_Generated):
    """A table for each object of the result's JSON schema."""

    def lines(self) -> Iterator[str]:
        """Yield the text."""
        whole = result_schema.schema()
        yield from _table("Result", whole)
        for name, part in reversed(whole["$defs"].items()):
            yield from _table(name, part)


def _table(name: str, part: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"## {name}", "", part["description"], "")
    yield from ("| key | type | meaning |", "|---|---|---|")
    for key, value in part["properties"].items():
        optional = "" if key in part["required"] else "Optional. "
        meaning = (optional + value.get("description", "")).strip()
        yield f"| `{key}` | {_type(value)} | {meaning} |"
    yield ""


def _type(value: Mapping[str, Any]) -> str:
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if choices := value.get("enum", [value["const"]] if "const" in value else []):
        return ", ".join(f"`{one}`" for one in choices)
    if "anyOf" in value:
        return " or ".join(_type(one) for one in value["anyOf"])
    if value["type"] == "array":
        return f"list of {_type(value['items'])}"
    if value["type"] == "object":
        return f"object, values {_type(value['additionalProperties'])}"
    return str(value["type"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    app.add_directive("command-reference", CommandReference)
    app.add_directive("result-reference", ResultReference)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
