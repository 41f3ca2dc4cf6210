"""Run the cells of a notebook as far as its answers need them.

Every statement of an answer's cell is run. Of any other cell, only imports and definitions are run,
and statements that bind a name which an answer uses, directly or through other names. So a helper
in an extra cell is available, but an experiment that trains for minutes is not run. If a statement
raises, the exception is recorded and the next statement is run: one bad line must not cost the
answers after it.

A cell may have a statement that hangs: a training loop below the class, say. Once the grader knows
which one, the cell is run without it, and as if it were any other cell.
"""

from __future__ import annotations

import ast
import builtins
import dis
import linecache
import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, TypeAlias

from autograder.sandbox.errors import RemoteError, clean

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
# For all cells together. Each part takes one message, and is nearly always one statement.
_MAX_PARTS = 5000

# A statement and its place in its cell.
Statement: TypeAlias = tuple[int, ast.stmt]


@dataclass
class LoadedCell:
    """A cell in a worker: the statements to run, and how it went.

    Attributes:
        id: What messages call it.
        kind: "answer" or "extra".
        skipped: Ranges of places of statements that are not to be run, both ends included.
        parts: The statements to run, in parts that are run one by one.
        status: "ok", "syntax error" or "raised".
        message: What went wrong first, or "".
    """

    id: str
    kind: str
    skipped: Sequence[Sequence[int]] = ()
    parts: list[list[Statement]] = field(default_factory=lambda: [[]])
    status: str = "ok"
    message: str = ""

    @property
    def statements(self) -> list[ast.stmt]:
        """The statements to run."""
        return [statement for part in self.parts for _, statement in part]

    @property
    def runs_all(self) -> bool:
        """Whether all statements are run, whatever they do."""
        return self.kind == "answer" and not self.skipped

    def described_parts(self) -> list[list[int]]:
        """Return for each part the places of its first and last statement, and its line."""
        return [
            [part[0][0], part[-1][0], part[0][1].lineno] if part else [0, 0, 0]
            for part in self.parts
        ]

    def fail(self, status: str, message: str) -> None:
        """Record what went wrong, unless something has gone wrong before."""
        if self.status == "ok":
            self.status, self.message = status, message


def prepare(sources: Sequence[dict[str, Any]], answers: Collection[str]) -> list[LoadedCell]:
    """Parse cells and keep the statements that are to be run.

    Args:
        sources: For each cell its `id`, `kind` ("answer" or "extra"), `source` and `skipped`.
        answers: The names that the notebook is to define.
    """
    cells = [
        _parsed(LoadedCell(one["id"], one["kind"], one["skipped"]), one["source"])
        for one in sources
    ]
    used = _used_names(cells, answers)
    for cell in cells:
        (statements,) = cell.parts
        if not cell.runs_all:
            statements = [
                (place, one)
                for place, one in statements
                if isinstance(one, _DEFINITIONS) or used & set(_bound_names(one))
            ]
        size = max(1, math.ceil(len(statements) * len(cells) / _MAX_PARTS))
        starts = range(0, len(statements), size)
        cell.parts = [statements[start : start + size] for start in starts] or [[]]
    return cells


def run(cell: LoadedCell, namespace: dict[str, Any]) -> None:
    """Run a cell's statements in `namespace`; the first exception is recorded in the cell."""
    for part in range(len(cell.parts)):
        run_part(cell, part, namespace)


def run_part(cell: LoadedCell, part: int, namespace: dict[str, Any]) -> None:
    """Run one part of a cell, as `run` does."""
    for _, statement in cell.parts[part]:
        module = ast.Module([statement], type_ignores=[])
        try:
            exec(compile(module, f"<cell {cell.id}>", "exec"), namespace)  # noqa: S102 - our purpose
        except BaseException as raised:  # noqa: BLE001 - also SystemExit: the next line is run
            cell.fail("raised", RemoteError(**RemoteError.describe(raised)).message)


def _parsed(cell: LoadedCell, source: str) -> LoadedCell:
    """Parse a cell, and keep in one part all statements that are not to be skipped."""
    source = without_magics(source)
    # `torch.jit.script` and `inspect.getsource` read the source from here, as in a notebook.
    lines, filename = source.splitlines(keepends=True), f"<cell {cell.id}>"
    linecache.cache[filename] = (len(source), None, lines, filename)
    try:
        statements = enumerate(ast.parse(source, filename=filename).body)
        cell.parts = [
            [
                (place, one)
                for place, one in statements
                if not any(first <= place <= last for first, last in cell.skipped)
            ]
        ]
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
    waiting = [
        one
        for cell in cells
        if cell.kind == "answer"
        for one in cell.statements
        if cell.runs_all or isinstance(one, _DEFINITIONS)
    ]
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
    although an experiment may bind a global variable of that name.
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
