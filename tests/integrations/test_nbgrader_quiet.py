"""What `nbgrader autograde` prints: routine is left out, and nothing else is."""

from __future__ import annotations

import logging

import pytest
from traitlets.config import Application

from autograder.integrations.nbgrader.quiet import WithoutRoutine

COMMAND = "AutogradeApp"


def is_shown(message: str, level: int = logging.INFO, command: str = COMMAND) -> bool:
    record = logging.LogRecord(command, level, "", 0, message, None, None)
    return WithoutRoutine(["own-experiment"]).filter(record)


@pytest.mark.parametrize(
    "message",
    [
        "Writing 125225 bytes to autograded/ada/vae/vae.ipynb",
        "Converting notebook submitted/ada/vae/vae.ipynb",
        "Setting destination file permissions to 444",
    ],
)
def test_what_is_said_of_every_file_is_left_out(message):
    assert not is_shown(message)
    assert is_shown(message, logging.WARNING)
    assert is_shown(message, command="GenerateFeedbackApp")


@pytest.mark.parametrize(
    "message", ["ada: 120.0 of 120.0 points", "Creating/updating student with ID 'ada': {}"]
)
def test_students_and_points_are_shown(message):
    assert is_shown(message)


def test_a_changed_checksum_is_shown_unless_the_cell_is_a_task():
    message = "Attribute 'checksum' for cell {} has changed! (should be: 6a, got: ab)"
    assert not is_shown(message.format("own-experiment"), logging.WARNING)
    assert is_shown(message.format("check-vae_loss"), logging.WARNING)


@pytest.mark.parametrize("level", [logging.DEBUG, "DEBUG"])
def test_debug_shows_everything(monkeypatch, level):
    application = Application(log_level=level)
    monkeypatch.setattr(Application, "initialized", lambda: True)
    monkeypatch.setattr(Application, "instance", lambda: application)
    assert is_shown("Writing 1 bytes to x")
