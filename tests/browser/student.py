"""A student in JupyterLab, with mouse and keyboard."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

BROWSERS = ("chromium", "google-chrome", "chromium-browser")
TOKEN = "student"  # of a local server that runs for a minute
# All cells in the page at once: by default, cells out of sight are not in the DOM.
SETTINGS = {"@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"}}
READY = 120  # seconds that a busy machine needs to start JupyterLab or a kernel


def browser_here() -> str | None:
    """Return the path of an installed browser, or None; none is downloaded."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """Serve a folder with a JupyterLab without user settings; yield its address."""
    home = folder.parent / "home"
    for name, values in SETTINGS.items():
        file = home / f"settings/{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    port = _free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST"))}
    environment |= {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", f"--IdentityProvider.token={TOKEN}", "--ServerApp.ip=127.0.0.1"]
    with (folder.parent / "jupyterlab.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api/status?token={TOKEN}", server)
        yield f"http://127.0.0.1:{port}/lab"
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY
    while time.monotonic() < end:
        assert server.poll() is None, "JupyterLab stopped"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(f"JupyterLab was not up after {READY} s")


@contextmanager
def browser(path: str) -> Iterator[Browser]:
    """Open the installed browser without a window."""
    with sync_playwright() as playwright:
        # no sandbox: it needs privileges that containers lack, and only our own pages are opened
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield opened
        finally:
            opened.close()


class Student:
    """A student who has opened one notebook."""

    def __init__(self, browser: Browser, address: str, notebook: str) -> None:
        self.page: Page = browser.new_page(viewport={"width": 1280, "height": 1000})
        self.page.set_default_timeout(READY * 1000)
        self.page.goto(f"{address}/tree/{notebook}?token={TOKEN}&reset")
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()

    def cell(self, line: str) -> Locator:
        """Return the code cell that contains this line."""
        written = self.page.locator(".jp-InputArea-editor", has_text=line)
        return self.page.locator(".jp-CodeCell").filter(has=written)

    def write(self, cell: Locator, text: str) -> None:
        """Replace the text of a cell by pasting."""
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def run_all(self) -> None:
        """Choose "Run All Cells" in the menu."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    def wait_until_all_have_run(self, seconds: float) -> None:
        """Wait until no cell is queued or running."""
        end = time.monotonic() + seconds
        waiting = self.page.locator('.jp-CodeCell .jp-InputPrompt:text-is("[*]:")')
        self.page.wait_for_timeout(1000)
        while waiting.count():
            assert time.monotonic() < end, f"{waiting.count()} cells still run after {seconds} s"
            self.page.wait_for_timeout(1000)

    def screenshot(self, element: Locator | None, path: Path) -> None:
        """Save a screenshot of one element or of the window."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if element is None:
            self.page.screenshot(path=path)
        else:
            element.scroll_into_view_if_needed()
            element.screenshot(path=path)
