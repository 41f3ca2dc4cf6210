"""Run the cells of a notebook as far as its answers need them.

Every statement of an answer's cell is run. Of any other cell, only imports and definitions are run,
and statements that bind a name which an answer uses, directly or through other names. So a helper
in an extra cell is available, but an experiment that trains for minutes is not run. If a statement
raises, the exception is recorded and the next statement is run: one bad line must not cost the
answers after it.
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
class LoadedCell:
    """A cell in a worker: the statements to run, and how it went.

    Attributes:
        id: What messages call it.
        kind: "answer" or "extra".
        statements: The statements to run.
        status: "ok", "syntax error" or "raised".
        message: What went wrong first, or "".
    """

    id: str
    kind: str
    statements: list[ast.stmt] = field(default_factory=list)
    status: str = "ok"
    message: str = ""

    def fail(self, status: str, message: str) -> None:
        """Record what went wrong, unless something has gone wrong before."""
        if self.status == "ok":
            self.status, self.message = status, message


def prepare(sources: Sequence[dict[str, str]], answers: Collection[str]) -> list[LoadedCell]:
    """Parse cells and keep the statements that are to be run.

    Args:
        sources: For each cell its `id`, `kind` ("answer" or "extra") and `source`.
        answers: The names that the notebook is to define.
    """
    cells = [_parsed(one["id"], one["kind"], one["source"]) for one in sources]
    used = _used_names(cells, answers)
    for cell in cells:
        if cell.kind != "answer":
            cell.statements = [
                one
                for one in cell.statements
                if isinstance(one, _DEFINITIONS) or used & set(_bound_names(one))
            ]
    return cells


def run(cell: LoadedCell, namespace: dict[str, Any]) -> None:
    """Run a cell's statements in `namespace`; the first exception is recorded in the cell."""
    for statement in cell.statements:
        module = ast.Module([statement], type_ignores=[])
        try:
            exec(compile(module, f"<cell {cell.id}>", "exec"), namespace)  # noqa: S102 - our purpose
        except BaseException as raised:  # noqa: BLE001 - also SystemExit: the next line is run
            cell.fail("raised", RemoteError(**RemoteError.describe(raised)).message)


def _parsed(cell_id: str, kind: str, source: str) -> LoadedCell:
    cell, source = LoadedCell(cell_id, kind), without_magics(source)
    # `torch.jit.script` and `inspect.getsource` read the source from here, as in a notebook.
    lines, filename = source.splitlines(keepends=True), f"<cell {cell_id}>"
    linecache.cache[filename] = (len(source), None, lines, filename)
    try:
        cell.statements = ast.parse(source, filename=filename).body
    except SyntaxError as wrong:
        line = f" in line {wrong.lineno}" if wrong.lineno else ""
        cell.fail("syntax error", f"syntax error{line}: {clean(wrong.msg, 200)}")
    except (ValueError, RecursionError, MemoryError) as wrong:  # NUL bytes, very deep nesting
        cell.fail("syntax error", f"the cell cannot be read as Python: {clean(wrong, 200)}")
    return cell


def without_magics(source: str) -> str:
    """Return a cell's source without IPython's syntax.

    A cell magic becomes an empty line; the lines below it stay. Line magics, shell lines and help
    lines become `pass`. Line numbers do not change, because messages contain them.
    """
    lines = source.expandtabs(4).split("\n") if "\t" in source else source.split("\n")
    return "\n".join(_without_magic(line) for line in lines) if _has_magic(lines) else source


def _has_magic(lines: Iterable[str]) -> bool:
    return any(line.lstrip().startswith(("%", "!", "?")) or line.endswith("?") for line in lines)


def _without_magic(line: str) -> str:
    bare = line.lstrip()
    indent = line[: len(line) - len(bare)]
    if bare.startswith("%%"):
        return indent
    # A line may also start with the operator `%`; in a magic, the name follows without a space.
    magic = bare.startswith("%") and bare[1:2].isalpha()
    helps = bare.rstrip().endswith("?") and not bare.startswith("#")
    return f"{indent}pass" if magic or helps or bare.startswith(("!", "?")) else line


def _used_names(cells: Sequence[LoadedCell], answers: Collection[str]) -> set[str]:
    """Return the names that answers use, directly or through the statements that bind them."""
    binders: dict[str, list[ast.stmt]] = {}
    for cell in cells:
        for statement in cell.statements:
            for name in _bound_names(statement):
                binders.setdefault(name, []).append(statement)
    waiting = [one for cell in cells if cell.kind == "answer" for one in cell.statements]
    # An answer may also be defined in an extra cell.
    waiting += [one for name in answers for one in binders.get(name, [])]
    used = set(answers)
    while waiting:
        for name in _loaded_names(waiting.pop()):
            if name not in used and not hasattr(builtins, name):
                used.add(name)
                waiting += binders.get(name, [])
    return used


def _loaded_names(statement: ast.stmt) -> Iterator[str]:
    """Yield the global names that a statement reads, now or when its functions are called.

    The statement is compiled to find them: a function's local `x` or `z` is not a global name,
    although some experiment may bind a global one that is spelled the same.
    """
    try:
        codes = [compile(ast.Module([statement], type_ignores=[]), "<cell>", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # it fails again when it is run, and that is recorded
    while codes:
        code = codes.pop()
        codes += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        for instruction in dis.get_instructions(code):
            if instruction.opname in {"LOAD_GLOBAL", "LOAD_NAME"}:
                yield str(instruction.argval)


def _bound_names(statement: ast.stmt) -> Iterator[str]:
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
            yield from _root_name(node)


def _root_name(node: ast.expr) -> Iterator[str]:
    """Yield `Model` for the target of `Model.sample = …`."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id
