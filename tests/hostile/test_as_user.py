"""Every attack is contained where whoever grades is not root, too."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.hostile import ATTACKS
from tests.hostile.stage import REPO

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="confinement needs Linux")

# The process gets a user namespace in which it is one ordinary user without any capability. It
# still reads root's files, so that an interpreter in root's home folder works.
AS_USER = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


@pytest.mark.exhaustive
@pytest.mark.parametrize("options", [(), ("--without-bubblewrap",)], ids=["", "no bubblewrap"])
def test_every_attack_is_contained(options, tmp_path):
    as_user = AS_USER if os.geteuid() == 0 else ()
    if as_user and subprocess.run([*as_user, "true"], capture_output=True, check=False).returncode:
        pytest.skip("root may make no user namespace here")
    done = subprocess.run(
        [*as_user, sys.executable, "-P", "-m", "tests.hostile", *options],
        cwd=REPO,
        env=os.environ | {"PYTHONPATH": str(REPO), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=1800,  # 350 attacks of a second; those on a busy machine take three times as long
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": contained (") == len(ATTACKS)
    assert "contained as a user" in done.stdout
