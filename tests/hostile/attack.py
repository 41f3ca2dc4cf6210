"""What an attack is, and how its code is put into a notebook."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

# What an attack calls when it has got what it wanted. The words are put together only there, so
# that no copy of the source can be taken for them.
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
        family: What it is an example of.
        name: What it does, in words that can be a test's name.
        source: Its code, with `{canary}`, `{home}`, `{repo}`, `{port}` for what it goes for.
        earns: The most points that the attacked question may get; None: all of them, since the
            attack is an act beside a right answer.
        question: Where its code goes.
        checks: With which checks it is graded; those of the stage if empty.
    """

    family: str
    name: str
    source: str
    earns: float | None = None
    question: str = "reparameterize"
    checks: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What tests and tables call it."""
        return f"{self.family}: {self.name}"

    def code(self, **places: object) -> str:
        """Return the source of its cell."""
        source = textwrap.dedent(self.source).strip()
        for name, value in places.items():
            source = source.replace("{" + name + "}", str(value))
        return PRELUDE + source


def acts(family: str, table: dict[str, str]) -> list[Attack]:
    """Return attacks that do something at every call and then give the right answer."""
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
    """Return attacks that are a whole answer cell; unless said otherwise they may earn nothing."""
    return [
        Attack(family, name, _clean(source), earns, question, checks)
        for name, source in table.items()
    ]


def _clean(source: str) -> str:
    return textwrap.dedent(source).strip()
