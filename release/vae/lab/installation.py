"""Error messages for broken installations."""

import importlib.metadata
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def explained() -> Iterator[None]:
    """Replace the error of a failing torchvision import by one that says how to fix it.

    torch and torchvision are released in pairs. If the pair does not match, importing torchvision
    raises ``RuntimeError: operator torchvision::nms does not exist`` or fails with a missing
    symbol, neither of which names the cause.

    Raises:
        ImportError: In place of the import's own error.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "a package").partition(".")[0]
        raise ImportError(
            f"{missing} is not installed. In a terminal, in the folder of the notebooks:\n\n"
            f"    {_python()} -m pip install -r requirements.txt\n\nThen restart the kernel."
        ) from error
    except (RuntimeError, ImportError, OSError, AttributeError) as error:
        raise ImportError(mismatch(str(error))) from error


def mismatch(reason: str) -> str:
    """Return the message for a torch and a torchvision that do not match."""
    reason = reason.strip() or "no reason given"
    return (
        f"torch {_version('torch')} and torchvision {_version('torchvision')} do not belong "
        f"together ({reason.splitlines()[0]}). Install a matching pair with one command, "
        "in a terminal:\n\n"
        f"    {_python()} -m pip install --upgrade --force-reinstall torch torchvision\n\n"
        "Then restart the kernel."
    )


def _python() -> str:
    # The kernel's own interpreter: a bare "python" may be another one.
    path = sys.executable or "python"
    return f'"{path}"' if " " in path else path


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"
