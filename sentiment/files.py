"""Where files are: those that ship with the project, and those that a person saved."""

import os
from pathlib import Path

from platformdirs import user_data_path

# Beside the package in a checkout, inside it in a wheel.
_PACKAGE = Path(__file__).resolve().parent
_BUNDLE = _PACKAGE / "bundle"
ROOT = _BUNDLE if _BUNDLE.is_dir() else _PACKAGE.parent

APP = ROOT / "app.py"
ICON = _PACKAGE / "icon.svg"
PAGE_STYLE = _PACKAGE / "page.css"
NOTE_STYLE = _PACKAGE / "note.css"
HINT = _PACKAGE / "hint.html"
REPORT_STYLE = _PACKAGE / "report.css"
REPORT_SCRIPT = _PACKAGE / "report.js"
DASHBOARD = _PACKAGE / "dashboard.py"
PRICES = ROOT / "data" / "prices"
NOTES = ROOT / "data" / "notes"
RESTORE_JOURNAL = "restore.json"
"""In the folder of what was saved, while a restore is at work: what it still has to move."""


def saved() -> Path:
    """Return the folder of what was saved, prices and notes; it may not exist yet. ``SENTIMENT_DATA_DIR`` names another."""
    chosen = os.environ.get("SENTIMENT_DATA_DIR")
    return Path(chosen) if chosen else user_data_path("sentiment")
