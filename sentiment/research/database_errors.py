"""What went wrong with the database, in words: which database, what failed, and what to do."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import URL

URL_VARIABLE = "SENTIMENT_DATABASE_URL"
RESTORE = "restore the database from a backup or an export"

_MEANINGS = (
    (("SQLITE_BUSY", "SQLITE_LOCKED", "55P03"), "another process is using it and does not finish; try again"),
    (("SQLITE_FULL", "53100"), "the disk is full; free some space and try again"),
    (("SQLITE_IOERR",), "the disk is full or has a fault ({}); check the disk and try again"),
    (("SQLITE_CORRUPT", "SQLITE_NOTADB"), f"the file is damaged ({{}}); {RESTORE}, or move it away to start again"),
    (
        ("SQLITE_READONLY", "SQLITE_CANTOPEN"),
        "it may not be opened or written ({}); check the permissions of the file and folder",
    ),
    (("42501", "25006"), "the role in the URL may not do that ({}); grant it the right, or name another role"),
)
_ERRNO = {errno.ENOSPC: "SQLITE_FULL", errno.EDQUOT: "SQLITE_FULL", errno.EIO: "SQLITE_IOERR"}


def describe(place: Path | URL, cause: Exception) -> str:
    """Describe a driver's error on one line, without any password."""
    origin = getattr(cause, "orig", None) or cause
    code = getattr(origin, "sqlite_errorname", None) or getattr(origin, "sqlstate", None) or ""
    detail = str(origin)
    if isinstance(origin, UnicodeDecodeError):  # from SQLite's message, which quotes the damage
        code = "SQLITE_CORRUPT"
    if isinstance(origin, OSError):
        busy = isinstance(origin, TimeoutError)
        code = "SQLITE_BUSY" if busy else _ERRNO.get(origin.errno or 0, "SQLITE_CANTOPEN")
        detail = origin.strerror or detail
    words = f"{{}}; try again, and if this continues, {RESTORE}"
    for codes, meaning in _MEANINGS:
        if code.startswith(codes):
            words = meaning
    where = str(place)
    if not isinstance(place, Path):
        where = f"PostgreSQL database {place.database or place.username} on {place.host or 'this machine'}"
        if code == "" or code.startswith(("28", "3D")):
            words = f"no connection ({{}}); check that it is running and that {URL_VARIABLE} is right"
        for secret in (place.password, place.query.get("password")):
            detail = detail.replace(str(secret), "***") if secret else detail
    return " ".join(f"{where}: {words.format(detail)}".split())
