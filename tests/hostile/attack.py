"""Define attacks and the code around them."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from autograder.authoring.attacks import sources
from autograder.authoring.attacks.sources import GOT_OUT

__all__ = ["GOT_OUT", "PRELUDE", "Attack", "acts", "body_of", "cells"]

PRELUDE = (
    sources.PRELUDE
    + """\
def right(mu, logvar):
    return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
"""
)
AT_CALL = """\
{evil}
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
        source: Its code, with `{repo}`, and words that `Targets.fill` replaces, for its targets.
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

    @property
    def code(self) -> str:
        """The source of the answer's cell."""
        return PRELUDE + textwrap.dedent(self.source).strip()


def acts(family: str, table: dict[str, str]) -> list[Attack]:
    """Return attacks that do something at every call and then return the correct answer."""
    return [
        Attack(family, name, AT_CALL.replace("{evil}", body_of("evil", source)))
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


def body_of(name: str, body: str) -> str:
    """Return a function of two tensors, the first of which is `mu`, with this body."""
    return f"def {name}(mu, logvar):\n{textwrap.indent(_clean(body), '    ')}"


def _clean(source: str) -> str:
    return textwrap.dedent(source).strip()
