"""Inside the room: run the cells of a notebook so far as its answers need them.

Of an answer's cell every statement is run. Of any other cell only imports and definitions are run,
and a statement that binds a name which an answer uses, directly or through others: a helper in an
extra cell counts, an experiment that trains for minutes does not. A statement that raises is
noted and the next one is run: one bad line must not take the answers after it along.
"""

from __future__ import annotations

import ast
import builtins
import dis
import linecache
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from autograder.sandbox.errors import RemoteError, clean

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


@dataclass
class Cell:
    """A cell in the room: its statements, which of them to run, and what came of it."""

    id: str
    kind: str
    statements: list[ast.stmt] = field(default_factory=list)
    status: str = "ok"
    message: str = ""

    def fail(self, status: str, message: str) -> None:
        """Note the first thing that went wrong."""
        if self.status == "ok":
            self.status, self.message = status, message


def prepare(sources: Sequence[dict[str, str]], answers: Collection[str]) -> list[Cell]:
    """Parse cells and keep the statements that are to be run.

    Args:
        sources: For each cell its `id`, `kind` ("answer" or "extra") and `source`.
        answers: The names that the notebook is to define.
    """
    cells = [_parsed(one["id"], one["kind"], one["source"]) for one in sources]
    used = _used(cells, answers)
    for cell in cells:
        if cell.kind != "answer":
            cell.statements = [
                one
                for one in cell.statements
                if isinstance(one, _DEFINITIONS) or used & set(_bound(one))
            ]
    return cells


def run(cell: Cell, namespace: dict[str, Any]) -> None:
    """Run a cell's statements in `namespace`; the first exception is noted in the cell."""
    for statement in cell.statements:
        module = ast.Module([statement], type_ignores=[])
        try:
            exec(compile(module, f"<cell {cell.id}>", "exec"), namespace)  # noqa: S102 - our purpose
        except BaseException as raised:  # noqa: BLE001 - also SystemExit: the next line is run
            cell.fail("raised", RemoteError(**RemoteError.describe(raised)).message)


def _parsed(name: str, kind: str, source: str) -> Cell:
    cell, source = Cell(name, kind), without_magics(source)
    # `torch.jit.script` and `inspect.getsource` look here, as they do in a notebook.
    lines = source.splitlines(keepends=True)
    linecache.cache[f"<cell {name}>"] = (len(source), None, lines, f"<cell {name}>")
    try:
        cell.statements = ast.parse(source, filename=f"<cell {name}>").body
    except SyntaxError as wrong:
        line = f" in line {wrong.lineno}" if wrong.lineno else ""
        cell.fail("syntax error", f"syntax error{line}: {clean(wrong.msg, 200)}")
    except (ValueError, RecursionError, MemoryError) as wrong:  # NUL bytes, brackets without end
        cell.fail("syntax error", f"the cell cannot be read as Python: {clean(wrong, 200)}")
    return cell


def without_magics(source: str) -> str:
    """Return a cell's source with what only a notebook understands taken out.

    Cell magics go, and what stands under them stays; line magics, shell lines and help lines become
    `pass`. Lines keep their numbers, for the messages.
    """
    lines = source.expandtabs(4).split("\n") if "\t" in source else source.split("\n")
    return "\n".join(_plain(line) for line in lines) if _has_magic(lines) else source


def _has_magic(lines: Iterable[str]) -> bool:
    return any(line.lstrip().startswith(("%", "!", "?")) or line.endswith("?") for line in lines)


def _plain(line: str) -> str:
    bare = line.lstrip()
    indent = line[: len(line) - len(bare)]
    if bare.startswith("%%"):
        return indent
    # `%` can also go on with an expression from the line above; a magic's name follows at once.
    magic = bare.startswith("%") and bare[1:2].isalpha()
    helps = bare.rstrip().endswith("?") and not bare.startswith("#")
    return f"{indent}pass" if magic or helps or bare.startswith(("!", "?")) else line


def _used(cells: Sequence[Cell], answers: Collection[str]) -> set[str]:
    """Return the names that answers use, and the names that what binds those uses, and so on."""
    binders: dict[str, list[ast.stmt]] = {}
    for cell in cells:
        for statement in cell.statements:
            for name in _bound(statement):
                binders.setdefault(name, []).append(statement)
    waiting = [one for cell in cells if cell.kind == "answer" for one in cell.statements]
    # An answer may also stand in an extra cell.
    waiting += [one for name in answers for one in binders.get(name, [])]
    used = set(answers)
    while waiting:
        for name in _loaded(waiting.pop()):
            if name not in used and not hasattr(builtins, name):
                used.add(name)
                waiting += binders.get(name, [])
    return used


def _loaded(statement: ast.stmt) -> Iterator[str]:
    """Yield the notebook's names that a statement reads, now or when its functions are called.

    The compiler knows them: a function's own `x` or `z` is no name of the notebook's, although
    some experiment may bind one of the same spelling.
    """
    try:
        codes = [compile(ast.Module([statement], type_ignores=[]), "<cell>", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # it will fail again when it is run, and be noted then
    while codes:
        code = codes.pop()
        codes += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        for instruction in dis.get_instructions(code):
            if instruction.opname in {"LOAD_GLOBAL", "LOAD_NAME"}:
                yield str(instruction.argval)


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement binds or changes at the top level of its cell."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
            yield from _root(node)


def _root(node: ast.expr) -> Iterator[str]:
    """Yield `Model` of `Model.sample = …`."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id
