"""How a sandbox is confined: decided by the grader, carried out by the zygote and its workers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Plan:
    """How a sandbox is confined.

    Attributes:
        confine: Whether to confine workers at all.
        in_bubblewrap: Whether bubblewrap runs the zygote.
        scratch: A folder in which the zygote may write.
        outside: A file of the grader's that everybody may read.
        home: An empty folder. Each worker mounts a file system of its own there, in memory, if it
            may; without that, workers can write nowhere. Unconfined workers have folders in it.
        readable: The files and folders that workers may read.
        seccomp_filter: The compiled system-call filter; empty if it could not be compiled.
        memory_bytes: The address space that a worker may add to the zygote's.
        forbidden: Files and folders that a worker must not be able to open: the sandbox starts only
            if a process that is confined like a worker cannot open them.
        landlock_abi: The version of Landlock to use at most; None for the kernel's own. Only tests
            set this and the next field.
        private_mounts: Whether workers make their mounts private, if they may.
    """

    confine: bool
    in_bubblewrap: bool
    scratch: str
    outside: str
    home: str
    readable: list[str]
    seccomp_filter: bytes
    memory_bytes: int
    forbidden: list[str] = field(default_factory=list)
    landlock_abi: int | None = None
    private_mounts: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return the plan as data for JSON."""
        return asdict(self) | {"seccomp_filter": self.seccomp_filter.hex()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Plan:
        """Return the plan that `to_json` wrote."""
        return cls(**data | {"seccomp_filter": bytes.fromhex(data["seccomp_filter"])})
