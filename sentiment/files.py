"""Where the files that ship with the project are: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLE = _PACKAGE / "bundle"
ROOT = _BUNDLE if _BUNDLE.is_dir() else _PACKAGE.parent

APP = ROOT / "app.py"
ICON = _PACKAGE / "icon.svg"
DASHBOARD = _PACKAGE / "dashboard.py"
PRICES = ROOT / "data" / "prices"
NOTES = ROOT / "data" / "notes"
