"""Fixtures of the tests of confinement."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.sandbox.confinement import bubblewrap


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    file = tmp_path / "canary"
    file.write_text("gradebook")
    file.chmod(0o666)
    return file


@pytest.fixture(params=[True, False], ids=["with bubblewrap", "without bubblewrap"])
def in_bubblewrap(request, monkeypatch):
    if not request.param:
        monkeypatch.setattr(bubblewrap.shutil, "which", lambda _name: None)
    return request.param
