"""The file of a symbol's bars: Parquet with checksums, replaced atomically under a lock per symbol.

`bar_store` says what the rows mean. Written here: the stores on offer do not detect damage inside a file or keep each version of a day.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import numpy as np
import orjson
import pandas as pd

from sentiment import files
from sentiment.errors import BarsError
from sentiment.frames import PRICE_COLUMNS
from sentiment.market.series_facts import EarlierFacts, Facts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FACTS = b"sentiment"
_LEFTOVER_AGE, _LOCK_WAIT = 600.0, 30.0  # seconds; a save takes a fraction of one
UNREADABLE = -1  # in place of the time of a change, for a file that is there and cannot be read
_damaged: dict[str, int] = {}
"""When files that were found damaged had been touched; one that could not be set aside is still there."""
_STUCK = "cannot be read, and the damaged file cannot be set aside; check the rights of its folder, or move it away"


def folder() -> Path:
    """Return the folder of the saved bars, which may not exist yet."""
    return files.saved() / "bars"


def symbols() -> tuple[str, ...]:
    """List the symbols with saved bars, sorted, readable or not; files of names that we would not give are left out."""
    named = ((path, unquote(path.name.removesuffix(".parquet"))) for path in folder().glob("?*.parquet"))
    return tuple(sorted(symbol for path, symbol in named if symbol and _path(symbol).name == path.name))


def changed_at(symbol: str) -> int:
    """Return when a symbol's file was last touched, in nanoseconds; 0 where there is none, `UNREADABLE` for a bad one.

    It never raises, so that one bad file does not hide the others; `load` says what is wrong. The time is the system's,
    which no copy from a backup puts back: what was read of a damaged file is not taken for that of the mended one.
    """
    return _touched(str(_path(symbol)))


def _touched(path: str) -> int:
    try:
        status = os.stat(path)  # noqa: PTH116 - a Path for each of thousands of files takes longer than the question
    except FileNotFoundError:
        return 0
    except OSError:
        return UNREADABLE
    readable = stat.S_ISREG(status.st_mode) and os.access(path, os.R_OK)
    return status.st_ctime_ns if readable and _damaged.get(path) != status.st_ctime_ns else UNREADABLE


def all_sound() -> bool:
    """Return whether no saved prices are unreadable or set aside as damaged: what is read meanwhile changes once they are mended."""
    try:
        names = os.listdir(folder())  # noqa: PTH208 - as above
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    if any(".damaged-" in name for name in names):
        return False
    within = f"{folder()}{os.sep}"
    bad = [name for name in names if name.endswith(".parquet") and _touched(within + name) == UNREADABLE]
    return not any(_path(unquote(name.removesuffix(".parquet"))).name == name for name in bad if name != ".parquet")


def digest(symbol: str) -> str:
    """Return a digest of a symbol's file, the same on every machine; empty where nothing is saved.

    Raises
    ------
    BarsError
        If the file exists but cannot be opened.
    """
    try:
        return hashlib.sha256(_content(_path(symbol))).hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as cause:
        raise _unopened(symbol, cause) from cause


def no_rows() -> pd.DataFrame:
    """Return the empty table of stored rows."""
    stamps = pd.DatetimeIndex([], tz="UTC").as_unit("us")
    return pd.DataFrame({"date": stamps, **dict.fromkeys(PRICE_COLUMNS, np.empty(0)), "known_at": stamps})


def utc(stamps: pd.Series) -> pd.Series:
    """Return instants as our frames hold them: UTC, in microseconds."""
    return pd.to_datetime(stamps, utc=True).dt.as_unit("us")


def _path(symbol: str) -> Path:
    return folder() / _name(symbol)


@lru_cache(maxsize=10_000)
def _name(symbol: str) -> str:
    if not symbol:
        raise BarsError("a series without a symbol cannot be saved")
    return f"{quote(symbol, safe='').replace('.', '%2E')}.parquet"


def _content(path: Path) -> bytes:
    if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would block
        raise OSError(errno.EINVAL, "there is no file but something else of its name")
    return path.read_bytes()


def _unopened(symbol: str, cause: OSError) -> BarsError:
    return BarsError(
        f"{symbol}: the saved prices cannot be opened: {cause.strerror}", f"check {_path(symbol).name} in {folder()}"
    )


@contextmanager
def locked(symbol: str, consequence: str = "are as they were; nothing could be written") -> Iterator[None]:
    """Hold the lock of a symbol; needed to write its file, not to read it.

    Parameters
    ----------
    symbol : str
        Whose file.
    consequence : str
        For the error message: the state of the saved prices if the lock is not available or writing fails.

    Raises
    ------
    BarsError
        If another process does not release the lock, or the folder cannot be written.
    """
    from filelock import FileLock  # noqa: PLC0415 - reading does not need it

    try:
        folder().mkdir(parents=True, exist_ok=True)
        with FileLock(_path(symbol).with_suffix(".lock"), timeout=_LOCK_WAIT):
            yield
    except OSError as cause:
        reason = (
            f"another process has held them for {_LOCK_WAIT:.0f} s"
            if isinstance(cause, TimeoutError)
            else cause.strerror
        )
        raise BarsError(f"{symbol}: the saved prices {consequence}: {reason}") from cause


def load(symbol: str, *, lock_held: bool = False) -> tuple[pd.DataFrame, Facts] | None:
    """Read the rows and the facts of a file; None where there is no file.

    Parameters
    ----------
    symbol : str
        Whose file.
    lock_held : bool
        Whether the caller holds the lock.

    Raises
    ------
    BarsError
        If it is damaged; it has then been set aside.
    """
    path, touched = _path(symbol), changed_at(symbol)
    try:
        content = _content(path)
    except FileNotFoundError:
        return None
    except OSError as cause:
        raise _unopened(symbol, cause) from cause
    import pyarrow as pa  # noqa: PLC0415 - 0.2 s that a start on bundled data need not pay

    try:
        return parse(content)
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as cause:
        if lock_held:
            raise _set_aside(symbol, path) from cause
        try:
            with locked(symbol, _STUCK):
                return load(symbol, lock_held=True)  # no other process is moving it now
        except BarsError:
            _damaged[str(path)] = touched
            raise


def parse(content: bytes) -> tuple[pd.DataFrame, Facts]:
    """Return the rows and the facts in the bytes of a file; whatever pyarrow or our checks raise means damage."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    table = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True).read()
    fields = orjson.loads((table.schema.metadata or {})[_FACTS])
    digest_saved = fields.pop("digest", None)  # the oldest files have none
    rows = _normalized(table.to_pandas())
    if digest_saved not in {None, _digest(rows, fields)}:  # over the fields that the file has: old ones lack `source`
        raise ValueError("the rows are not those that were saved")
    fields |= {name: datetime.fromisoformat(fields[name]) for name in ("fetched_at", "full_at")}
    earlier = tuple(EarlierFacts(datetime.fromisoformat(until), *said) for until, *said in fields.pop("earlier", ()))
    return rows, Facts(**fields, earlier=earlier)


def facts_in(content: bytes) -> Facts | None:
    """Return the facts in the bytes of a file of bars; None if they are damaged. Nothing is set aside."""
    import pyarrow as pa  # noqa: PLC0415

    try:
        return parse(content)[1]
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError):
        return None


def all_files() -> Iterator[tuple[str, bytes | None]]:
    """Yield the name and the bytes of every file of bars, None for one that cannot be read.

    Files are replaced atomically, so each is complete.
    """
    for path in sorted(folder().glob("*.parquet")):
        try:
            content = _content(path)
        except FileNotFoundError:  # just set aside
            continue
        except OSError:
            yield path.name, None
        else:
            yield path.name, content


def set_aside() -> tuple[str, ...]:
    """List the names of damaged files that were moved out of the way."""
    return tuple(sorted(path.name for path in folder().glob("*.damaged-*")))


def _normalized(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows[["date", *PRICE_COLUMNS, "known_at"]]
    return rows.assign(date=utc(rows["date"]), known_at=utc(rows["known_at"]))


def _digest(rows: pd.DataFrame, fields: dict[str, Any]) -> str:
    """Return a checksum of rows and facts: Parquet has checksums of its pages, but none of its footer."""
    values = rows[list(PRICE_COLUMNS)].to_numpy(float)
    parts = (
        rows["date"].to_numpy("datetime64[us]").tobytes(),
        np.where(np.isnan(values), np.nan, values).tobytes(),  # NaNs of one bit pattern
        rows["known_at"].to_numpy("datetime64[us]").tobytes(),
        orjson.dumps(fields, option=orjson.OPT_SORT_KEYS),
    )
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _set_aside(symbol: str, path: Path) -> BarsError:
    aside = path.with_suffix(f".damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    path.rename(aside)
    return BarsError(
        f"{symbol}: the saved prices cannot be read and were set aside as {aside.name}; refresh it to fetch them again "
        "(what was known earlier is in that file)"
    )


def save(symbol: str, rows: pd.DataFrame, facts: Facts) -> None:
    """Replace a file atomically: concurrent readers, and those after a crash, see the old one or the new one."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    path = _path(symbol)
    _sweep(path.parent)
    table = pa.Table.from_pandas(rows, preserve_index=False)
    fields = {name: getattr(facts, name) for name in Facts.__slots__}
    fields |= {name: fields[name].isoformat() for name in ("fetched_at", "full_at")}
    fields["earlier"] = [[until.isoformat(), *said] for until, *said in facts.earlier]
    fields["digest"] = _digest(_normalized(rows), fields)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), _FACTS: orjson.dumps(fields)})
    written = pa.BufferOutputStream()
    pq.write_table(table, written, compression="zstd", write_page_checksum=True)
    files.replace(path, memoryview(written.getvalue()))


def _sweep(directory: Path) -> None:
    """Remove the temporary files of killed saves."""
    for leftover in directory.glob("*.tmp"):
        with suppress(FileNotFoundError):  # another process removed it first
            if time.time() - leftover.stat().st_mtime > _LEFTOVER_AGE:
                leftover.unlink()
