"""Define attacks and the code around them."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

# An attack that succeeds calls `out`, which puts these words into the result. `out` joins them only
# when it is called, so that a copy of the source does not contain them.
GOT_OUT = "GOT OUT:"
PRELUDE = """\
import ctypes, gc, os, signal, socket, subprocess, sys, threading, time
def out(what):
    raise SystemError("GOT" + " OUT: " + repr(what)[:80])
def channel():
    return next(o for o in gc.get_objects() if type(o).__name__ == "Channel")
def fd():
    return channel()._socket.fileno()
def syscall(*words):
    return ctypes.CDLL(None, use_errno=True).syscall(*words)
def right(mu, logvar):
    return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
"""
AT_CALL = """\
def evil(mu, logvar):
{source}
def reparameterize(mu, logvar):
    evil(mu, logvar)
    return right(mu, logvar)
"""


@dataclass(frozen=True)
class Attack:
    """One malicious notebook.

    Attributes:
        family: The kind of attack.
        name: What it does, in words that can be a test's name.
        source: Its code, with `{canary}`, `{home}`, `{repo}`, `{port}` for its targets.
        earns: The most points that the attacked question may earn; None for all of them, because
            the answer itself is correct.
        question: The question whose answer contains the code.
        checks: The checks that grade it; those of `stage.CHECKS` if empty.
    """

    family: str
    name: str
    source: str
    earns: float | None = None
    question: str = "reparameterize"
    checks: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The name in tests and tables."""
        return f"{self.family}: {self.name}"

    def code(self, **targets: object) -> str:
        """Return the source of the answer's cell."""
        source = textwrap.dedent(self.source).strip()
        for name, value in targets.items():
            source = source.replace("{" + name + "}", str(value))
        return PRELUDE + source


def acts(family: str, table: dict[str, str]) -> list[Attack]:
    """Return attacks that do something at every call and then return the correct answer."""
    return [
        Attack(family, name, AT_CALL.replace("{source}", textwrap.indent(_clean(source), "    ")))
        for name, source in table.items()
    ]


def cells(
    family: str,
    table: dict[str, str],
    earns: float | None = 0.0,
    question: str = "reparameterize",
    checks: tuple[str, ...] = (),
) -> list[Attack]:
    """Return attacks that are whole answer cells; by default they may earn nothing."""
    return [
        Attack(family, name, _clean(source), earns, question, checks)
        for name, source in table.items()
    ]


def _clean(source: str) -> str:
    return textwrap.dedent(source).strip()
