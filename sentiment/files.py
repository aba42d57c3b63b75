"""Where files are: those that ship with the project, and those that a person saved."""

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from platformdirs import user_data_path

from sentiment.errors import InputError

# Beside the package in a checkout, inside it in a wheel.
_PACKAGE = Path(__file__).resolve().parent
_BUNDLE = _PACKAGE / "bundle"
ROOT = _BUNDLE if _BUNDLE.is_dir() else _PACKAGE.parent

APP = ROOT / "app.py"
DASHBOARD = _PACKAGE / "web" / "dashboard.py"
STATIC = _PACKAGE / "web" / "static"
ICON = STATIC / "icon.svg"
PAGE_STYLE = STATIC / "page.css"
NOTE_STYLE = STATIC / "note.css"
HINT = STATIC / "hint.html"
PRICES = ROOT / "data" / "prices"
NOTES = ROOT / "data" / "notes"
RESTORE_JOURNAL = "restore.json"
"""In the folder of what was saved, while a restore is at work: what it still has to move."""


def saved() -> Path:
    """Return the folder of what was saved, prices and notes; it may not exist yet. ``SENTIMENT_DATA_DIR`` names another.

    Raises
    ------
    InputError
        If that is not set and the user has no home.
    """
    chosen = os.environ.get("SENTIMENT_DATA_DIR")
    try:
        return Path(chosen) if chosen else user_data_path("sentiment")
    except RuntimeError:  # a user without a name or a home, as in a container
        raise InputError(
            f"user {os.getuid()} has no home folder to keep prices and notes in; name a folder in SENTIMENT_DATA_DIR"
        ) from None


def write(path: Path, content: bytes) -> None:
    """Write a file that somebody named: whole, or what was there stays. A device or a pipe takes it as it is."""
    target = path.resolve()  # a link stays a link
    if target.exists() and not target.is_file():
        path.write_bytes(content)
    else:
        replace(target, content)


def replace(path: Path, content: bytes | memoryview) -> None:
    """Put a file in place whole: whoever reads meanwhile, or starts after a crash, has the old one or the new one.

    What a kill leaves behind ends in ``.tmp``.
    """
    fresh = path.with_name(f"{path.stem}-{secrets.token_hex(8)}.tmp")
    try:
        with fresh.open("xb") as file:  # with the rights that the umask gives: others may read what a team shares
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            shutil.copymode(path, fresh)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(*folders: Path) -> None:
    """Flush the names in these folders to the disk, so that a new or renamed file survives a crash."""
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
