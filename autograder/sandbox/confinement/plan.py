"""How a sandbox is confined: decided by the grader, carried out by the zygote and its workers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Plan:
    """How a sandbox is confined.

    Attributes:
        confine: Whether to confine workers at all.
        in_bubblewrap: Whether bubblewrap runs the zygote. Only then may workers write files: into a
            file system in memory that is bounded and disappears with the sandbox.
        scratch: The folder that holds each worker's home folder, as workers see it.
        readable: The files and folders that workers may read.
        seccomp_filter: The compiled system-call filter; empty if it could not be compiled.
        memory_bytes: The address space that a worker may add to the zygote's.
    """

    confine: bool
    in_bubblewrap: bool
    scratch: str
    readable: list[str]
    seccomp_filter: bytes
    memory_bytes: int

    def to_json(self) -> dict[str, Any]:
        """Return the plan as data for JSON."""
        return asdict(self) | {"seccomp_filter": self.seccomp_filter.hex()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Plan:
        """Return the plan that `to_json` wrote."""
        return cls(**data | {"seccomp_filter": bytes.fromhex(data["seccomp_filter"])})
