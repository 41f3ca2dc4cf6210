"""Measurements behind the numbers in docs/; README.md says how to run each."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"

# Check files and trained models import the course's package `lab`, which is not installed.
sys.path.insert(0, str(ROOT / "source" / "vae"))
