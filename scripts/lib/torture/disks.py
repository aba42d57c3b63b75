"""Full and read-only disks, no home, damaged files, a wrong clock: a clear word, readings go on, nothing is overwritten.

Each case runs in a process of its own, forked from one that has everything loaded. Where this may mount, full disks are real
ones of a few hundred kilobytes; elsewhere a file may grow no further than to a limit.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torture.kills import NOTE, load, own_place, refresh_from, restless, state
from torture.outcome import SHOWN, Outcome, late

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

NOBODY = 65534
NAMELESS = 54321
"""A user whom no list of users has."""
_NEW_MOUNTS = 0x00020000
PATIENCE = 30


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str

    def wrong(self, *, fails: bool | None = None) -> list[str]:
        """Name what is wrong with how it ended, whatever it was."""
        found = []
        if self.code not in {0, 1, 2}:
            found.append(f"it ended with {self.code}: {self.err[-300:]}")
        if "Traceback" in self.err or "Traceback" in self.out:
            found.append(f"it shows a traceback: {self.err.strip().splitlines()[-1][:300]}")
        if fails is not None and fails != bool(self.code):
            found.append(f"it ended with {self.code}: {(self.err or self.out)[-300:]}")
        return found


@dataclass
class Case:
    """One trouble: its folder, and what was found wrong."""

    home: Path
    wrong: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def held(self, name: str, found: list[str]) -> None:
        self.wrong += [f"{name}: {one}" for one in found]

    def reads(self, **how: Any) -> None:
        """Readings go on."""
        for command in (["score", "BTC-USD"], ["notes", "list"], ["doctor"]):
            said = cli(*command, **how)
            self.held(" ".join(command), said.wrong(fails=None if command == ["doctor"] else False))


def cli(*arguments: str, user: int | None = None, limit: int | None = None, **environment: str | None) -> Said:
    """Run our command in a child, as it is run on the command line."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        return Said(
            _forked(lambda: _command(arguments), out, err, user, limit, environment), out.read_text(), err.read_text()
        )


def call(work: Callable[[], None], *, user: int | None = None, limit: int | None = None) -> Said:
    """Do anything in a child; an exception of ours is told as the command line tells it."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        return Said(_forked(lambda: _told(work), out, err, user, limit, {}), out.read_text(), err.read_text())


def _command(arguments: tuple[str, ...]) -> None:
    from sentiment import cli as ours  # noqa: PLC0415

    sys.argv = ["sentiment", *arguments]
    ours.main()


def _told(work: Callable[[], None]) -> None:
    from sentiment.errors import SentimentError  # noqa: PLC0415

    try:
        work()
    except SentimentError as error:
        sys.exit(str(error))


def _forked(  # noqa: PLR0913, PLR0917 - what a process is
    work: Callable[[], None],
    out: Path,
    err: Path,
    user: int | None,
    limit: int | None,
    environment: dict[str, str | None],
) -> int:
    handles = [os.open(path, os.O_CREAT | os.O_WRONLY) for path in (out, err)]
    child = os.fork()
    if child:
        for handle in handles:
            os.close(handle)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code: Any = 70
    try:
        _become(handles, user, limit, environment)
        work()
        code = 0
    except SystemExit as ended:
        code = ended.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
            code = 1
    except BaseException:  # noqa: BLE001 - told as the interpreter would
        sys.excepthook(*sys.exc_info())
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:
                code = code or 74
        os._exit(code or 0)


def _become(handles: list[int], user: int | None, limit: int | None, environment: dict[str, str | None]) -> None:
    """Turn this child into what a shell would have started."""
    signal.alarm(PATIENCE)  # a command that never ends is killed, and its code tells
    for handle, stream in zip(handles, (1, 2), strict=True):
        os.dup2(handle, stream)
    sys.stdout, sys.stderr = (os.fdopen(stream, "w", closefd=False) for stream in (1, 2))
    for name, value in environment.items():
        os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
    if limit is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    if user is not None:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)


def run(scale: float, seed: int) -> list[Outcome]:
    """Meet every trouble once; `scale` chooses how many of them, evenly."""
    del seed
    names = list(TROUBLES)
    chosen = names[:: max(1, round(1 / scale))] if scale < 1 else names
    told = met(chosen)
    outcomes = []
    for group in dict.fromkeys(name.partition(":")[0] for name in chosen):
        members = [name for name in chosen if name.startswith(f"{group}:")]
        wrong = [f"{name}: {one}" for name in members for one in told[name][0]]
        seconds = sum(told[name][1] for name in members)
        outcomes.append(Outcome(group, len(members), len(wrong), seconds, "", tuple(wrong[:SHOWN])))
    return outcomes


def met(names: Sequence[str]) -> dict[str, tuple[list[str], float]]:
    """Meet these troubles; gives what was wrong and the seconds of each."""
    shares = [one for one in (names[0::2], names[1::2]) if one]
    with ProcessPoolExecutor(len(shares), mp_context=get_context("spawn")) as pool:
        return dict(pair for share in pool.map(_share, shares) for pair in share)


def _share(names: Sequence[str]) -> list[tuple[str, tuple[list[str], float]]]:
    load()
    from importlib import import_module  # noqa: PLC0415

    from sentiment.errors import SentimentError  # noqa: PLC0415

    for module in (
        "sentiment.cli.doctor",
        "sentiment.market.providers.yahoo.session",
        "rich.progress",
        "sentiment.web.report",
        "streamlit.testing.v1",
        "encodings.utf_8_sig",
        "encodings.raw_unicode_escape",
        "google.protobuf.text_format",
        "sentiment.research.importers.page",
        "sentiment.web.dashboard",
    ):
        import_module(module)
    _own_mounts()
    found = []
    for name in names:
        began = time.perf_counter()
        with own_place("SQLite") as where:
            case = Case(where / "saved")
            try:
                TROUBLES[name](case)
            except SentimentError as error:  # a reading of our own
                case.wrong.append(str(error))
        found.append((name, (case.wrong, time.perf_counter() - began)))
    return found


def _own_mounts() -> None:
    """Keep to ourselves what is mounted here from now on."""
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_MOUNTS) == 0:
        subprocess.run(["mount", "--make-rprivate", "/"], check=True)


@contextmanager
def disk(where: Path, kilobytes: int) -> Iterator[bool]:
    """Put a small disk at a folder; False where that is not allowed."""
    where.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(where)]
    mounted = os.getuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(where)], check=True)


def fill_up(where: Path, left: int) -> Path:
    """Fill a disk but for so many bytes."""
    filler = where / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
        file.truncate(max(0, file.tell() - left))
    return filler


# What is there before, and what is tried


def _save(name: str) -> Callable[[], None]:
    def work() -> None:
        from sentiment.research import library  # noqa: PLC0415

        library.add(NOTE.format(id=name, text="x" * 20_000), name, who="Ann")

    return work


def _refresh() -> None:
    refresh_from(restless(), "BTC-USD")


def settled(case: Case) -> None:
    """Save notes and prices, and make a back-up and an export beside them."""
    for work in (_save("first"), _save("second"), _refresh):
        if wrong := call(work).wrong(fails=False):
            raise RuntimeError(wrong)
    for command in (["backup", str(case.home / "old.zip")], ["export", "BTC-USD", "-o", str(case.home / "old.csv")]):
        if wrong := cli(*command).wrong(fails=False):
            raise RuntimeError(wrong)


def _tried(case: Case, **how: Any) -> dict[str, Said]:
    """Try everything that writes."""
    commands = {
        "save a note": call(_save("third"), **how),
        "refresh": call(_refresh, **how),
        "backup": cli("backup", str(case.home / "old.zip"), "--replace", **how),
        "export": cli("export", "BTC-USD", "-o", str(case.home / "old.csv"), **how),
        "export the notes": cli("notes", "export", "-o", str(case.home / "notes"), **how),
        "report": cli("report", "BTC-USD", "-o", str(case.home / "old.html"), **how),
        "restore": cli("restore", str(case.home / "old.zip"), "--replace", **how),
    }
    for name, said in commands.items():
        case.held(name, said.wrong())
        if said.code and not said.err.strip():
            case.wrong.append(f"{name}: it ended with {said.code} and said nothing")
    return commands


def _full(left: int) -> Callable[[Case], None]:
    """Try everything on a disk with so many bytes left; then with room again."""

    def trouble(case: Case) -> None:
        with disk(case.home, 1_536) as mounted:
            settled(case)
            how = {} if mounted else {"limit": left}
            before = state()
            whole = {name: (case.home / name).read_bytes() for name in ("old.csv", "old.zip")}
            filler = fill_up(case.home, left) if mounted else None
            done = _tried(case, **how)
            for name, content in whole.items():
                command = {"old.csv": "export", "old.zip": "backup"}[name]
                if done[command].code and (case.home / name).read_bytes() != content:
                    case.wrong.append(f"{name} is not what it was")
            if all(said.code for said in done.values()) and state() != before:
                case.wrong.append("all failed, and something has changed")
            if left == 0:
                case.held("no room", [f"{name} found room" for name, said in done.items() if not said.code])
                for name, said in done.items():
                    if not any(word in said.err for word in ("full", "No space left", "File too large")):
                        case.wrong.append(f"{name} does not say that the disk is full: {said.err[-200:]}")
            case.reads(**how)
            if filler is not None:
                filler.unlink()
                case.held(
                    "with room again", call(_save("fourth")).wrong(fails=False) + call(_refresh).wrong(fails=False)
                )
            left_over = [one.name for one in case.home.rglob("*.tmp")]
            case.held("left behind", left_over)

    return trouble


def _first_save_on_a_full_disk(case: Case) -> None:
    with disk(case.home, 64) as mounted:
        how = {} if mounted else {"limit": 0}
        filler = fill_up(case.home, 0) if mounted else None
        for name, work in (("save a note", _save("first")), ("refresh", _refresh)):
            said = call(work, **how)
            case.held(name, said.wrong(fails=True))
        case.reads(**how)
        if filler is not None:
            filler.unlink()
        with disk(case.home, 1_536):
            case.held("with room again", call(_save("first")).wrong(fails=False))


def _read_only(case: Case) -> None:
    """Everything belongs to somebody else, and nothing may be written."""
    settled(case)
    _open_to_read(case.home)
    before = _content(case.home)
    for name, said in _tried(case, user=NOBODY).items():
        if not said.code:
            case.wrong.append(f"{name} was done all the same")
    case.reads(user=NOBODY)
    if _content(case.home) != before:
        case.wrong.append("something has changed")


def _open_to_read(home: Path) -> None:
    for one in (home.parent, home, *home.rglob("*")):
        one.chmod(0o555 if one.is_dir() else 0o444)


def _content(home: Path) -> dict[str, bytes]:
    return {str(one.relative_to(home)): one.read_bytes() for one in home.rglob("*") if one.is_file()}


def _read_only_and_damaged(case: Case) -> None:
    """Damaged prices cannot even be set aside."""
    settled(case)
    (case.home / "bars" / "BTC-USD.parquet").write_bytes(b"PAR1 rubbish")
    _open_to_read(case.home)
    said = cli("score", "BTC-USD", user=NOBODY)
    case.held("score", said.wrong())
    if said.code and "cannot be read" not in said.err:
        case.wrong.append(f"score does not say that the prices are damaged: {said.err[-300:]}")
    case.held("page", call(_page, user=NOBODY).wrong(fails=False))


def _odd_price_file(make: Callable[[Path], None]) -> Callable[[Case], None]:
    """Among the prices lies something of an asset that nobody asks for."""

    def trouble(case: Case) -> None:
        settled(case)
        make(case.home / "bars" / "AAPL.parquet")
        for one in (case.home.parent, case.home, *case.home.rglob("*")):
            if one.name != "AAPL.parquet":
                one.chmod(0o777 if one.is_dir() else 0o666)
        case.reads(user=NOBODY)
        case.held("page", call(_page, user=NOBODY).wrong(fails=False))
        case.held("export", cli("export", "BTC-USD", "-o", str(case.home / "new.csv"), user=NOBODY).wrong(fails=False))

    return trouble


def _of_another_user(path: Path) -> None:
    path.write_bytes(b"PAR1")
    path.chmod(0o600)


def _held_database(case: Case) -> None:
    """Another process holds the notes for itself: a page comes within seconds, with the bundled ones."""
    settled(case)
    with closing(sqlite3.connect(case.home / "notes.sqlite", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        began = time.perf_counter()
        case.held("page", call(_page).wrong(fails=False))
        if late(time.perf_counter() - began, PATIENCE / 2):
            case.wrong.append(f"the page took {time.perf_counter() - began:.0f} s")
    case.reads()


def _page() -> None:
    """Draw the page: it comes to an end, and says something."""
    from streamlit.testing.v1 import AppTest  # noqa: PLC0415

    from sentiment import files  # noqa: PLC0415

    app = AppTest.from_file(str(files.DASHBOARD), default_timeout=60).run()
    if app.exception:
        sys.exit(f"the page shows {app.exception[0].value}")
    if not app.header and not app.error:
        sys.exit("the page shows neither a reading nor a word")


def _homeless(**how: Any) -> Callable[[Case], None]:
    """Without a folder of one's own."""

    def trouble(case: Case) -> None:
        here = case.home.parent / "cwd"
        here.mkdir()
        here.chmod(0o777)
        case.home.parent.chmod(0o755)
        lost = how.get("user") == NAMELESS and how.get("HOME") is None  # nobody can tell where the saved things are
        before = Path.cwd()
        os.chdir(here)
        try:
            environment = {"SENTIMENT_DATA_DIR": None, "XDG_DATA_HOME": None, **how}
            if lost:
                said = cli("score", "BTC-USD", **environment)
                case.held("score", said.wrong(fails=True))
                case.held(
                    "score",
                    [] if "SENTIMENT_DATA_DIR" in said.err else [f"it does not say what to do: {said.err[-200:]}"],
                )
            else:
                case.reads(**environment)
            note = here / "note.md"
            note.write_text(NOTE.format(id="own", text="text"))
            said = cli("notes", "add", str(note), **environment)
            case.held("notes add", said.wrong())
            if said.code and not (said.err + said.out).strip():
                case.wrong.append("notes add: it said nothing")
            case.held("backup", cli("backup", str(here / "a.zip"), **environment).wrong())
            case.held("refresh", cli("refresh", "../x", **environment).wrong(fails=True))
        finally:
            os.chdir(before)
        if strange := [one.name for one in here.iterdir() if one.name not in {"note.md", "a.zip"}]:
            case.wrong.append(f"it made {strange} in the folder that it was started from")

    return trouble


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "half": lambda whole: whole[: len(whole) // 2],
    "zeros": lambda whole: bytes(len(whole)),
    "a page of HTML": lambda _: b"<!DOCTYPE html><html></html>" * 100,
    "a page overwritten": lambda whole: whole[:4096] + b"\xff" * 4096 + whole[8192:],
    "no end": lambda whole: whole[:-100],
}


def _damaged(name: str, damage: Callable[[bytes], bytes]) -> Callable[[Case], None]:
    """A file is damaged: it is told, readings of the rest go on, and the file is kept."""

    def trouble(case: Case) -> None:
        settled(case)
        path = case.home / name
        for log in case.home.glob(f"{name}-*"):
            log.unlink()
        broken = damage(path.read_bytes())
        path.write_bytes(broken)
        commands = {
            one: cli(*one.split()) for one in ("score BTC-USD", "score ETH-USD", "notes list", "doctor", "link BTC-USD")
        }
        for one, said in commands.items():
            case.held(one, said.wrong())
            if said.code and not said.err.strip() + said.out.strip():
                case.wrong.append(f"{one}: it said nothing")
        case.held("page", call(_page).wrong(fails=False))
        case.held("save a note", call(_save("third")).wrong())
        case.held("refresh", call(_refresh).wrong())
        kept = [one.read_bytes() for one in case.home.rglob("*") if one.is_file()]
        if broken not in kept:
            case.wrong.append("the damaged file is not there any more")
        case.held("doctor afterwards", cli("doctor").wrong())

    return trouble


def _odd_journal(content: bytes) -> Callable[[Case], None]:
    """What a stopped restore wrote down cannot be read."""

    def trouble(case: Case) -> None:
        settled(case)
        journal = case.home / "restore.json"
        journal.write_bytes(content)
        for command in (
            ["notes", "list"],
            ["score", "BTC-USD"],
            ["doctor"],
            ["restore", str(case.home / "old.zip"), "--replace"],
        ):
            said = cli(*command)
            case.held(" ".join(command[:2]), said.wrong())
            if said.code and "restore.json" not in said.err and command[0] != "doctor":
                case.wrong.append(f"{command[0]} does not name restore.json: {said.err[-200:]}")
        if not journal.exists() or journal.read_bytes() != content:
            case.wrong.append("restore.json is not what it was")

    return trouble


def _odd(what: Callable[[Path], None], name: str) -> Callable[[Case], None]:
    """Something that is no file, or may not be opened, stands under a name of ours."""

    def trouble(case: Case) -> None:
        settled(case)
        path = case.home / name
        for log in case.home.glob(f"{name}-*"):
            log.unlink()
        path.unlink()
        what(path)
        for one in ("score BTC-USD", "notes list", "doctor"):
            case.held(one, cli(*one.split()).wrong())
        case.held("page", call(_page).wrong(fails=False))
        case.held("save a note", call(_save("third")).wrong())
        case.held("refresh", call(_refresh).wrong())
        case.held("backup", cli("backup", str(case.home / "new.zip")).wrong())

    return trouble


def _setting(**environment: str) -> Callable[[Case], None]:
    """A setting holds what it cannot."""

    def trouble(case: Case) -> None:
        for command in (["run", "--headless", "--port", "1"], ["notes", "list"], ["doctor"]):
            if command[0] == "run" and not any(name in environment for name in ("SENTIMENT_LOG", "SENTIMENT_NOTES")):
                continue
            said = cli(*command, **environment)
            case.held(command[0], said.wrong(fails=True if command[0] == "run" else None))

    return trouble


def _clock(shift: timedelta) -> Callable[[Case], None]:
    """The clock is wrong from now on: nothing that was known is lost, and what comes later is known later."""

    def trouble(case: Case) -> None:
        settled(case)

        def later() -> None:
            from sentiment.market import bar_store  # noqa: PLC0415
            from sentiment.research import store  # noqa: PLC0415

            before, last = bar_store.read_bars("BTC-USD"), store.versions()[-1].known_at
            newest = bar_store.facts("BTC-USD")
            _shift_clock(shift)
            notes_before = len(store.versions())
            _save("third")()
            _refresh()
            after = bar_store.read_bars("BTC-USD")
            if store.versions()[-1].known_at <= last or len(store.versions()) != notes_before + 1:
                sys.exit("a note that was saved later is known earlier")
            if missing := set(before.index) - set(after.index):
                sys.exit(f"{len(missing)} days are gone")
            again = bar_store.read_bars("BTC-USD", known_at=newest.fetched_at if newest else None)
            if shift < timedelta(0) and len(again) > len(before):
                sys.exit("what came later is known earlier")
            _page()

        case.held("save, refresh and page", call(later).wrong(fails=False))
        for command in (["score", "BTC-USD"], ["notes", "list"], ["doctor"], ["export", "BTC-USD", "--what", "notes"]):

            def shifted(command: list[str] = command) -> None:
                _shift_clock(shift)
                _command(tuple(command))

            case.held(command[0], call(shifted).wrong(fails=None if command[0] == "doctor" else False))

    return trouble


def _shift_clock(shift: timedelta) -> None:
    """Let every module of ours read another wall clock."""
    real = datetime

    class Shifted(real):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return real.now(tz) + shift

    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "sentiment" and getattr(module, "datetime", None) is real:
            module.datetime = Shifted


TROUBLES: dict[str, Callable[[Case], None]] = {
    **{f"full disk: {left:,} bytes left": _full(left) for left in (0, 4_096, 16_384, 65_536, 262_144)},
    "full disk: first save": _first_save_on_a_full_disk,
    "read-only folder: everything": _read_only,
    "read-only folder: damaged prices": _read_only_and_damaged,
    "no home: none": _homeless(HOME=None, user=NOBODY),  # as oneself it would be found, and written to
    "no home: one that is not there": _homeless(HOME="/nonexistent/home", user=NOBODY),
    "no home: a user without a name": _homeless(HOME=None, user=NAMELESS),
    "no home: not to be written": _homeless(HOME="/", user=NAMELESS),
    **{
        f"damaged file: {name}, {kind}": _damaged(name, damage)
        for name in ("notes.sqlite", "bars/BTC-USD.parquet")
        for kind, damage in DAMAGES.items()
    },
    **{
        f"damaged file: restore.json, {kind}": _odd_journal(content)
        for kind, content in {
            "empty": b"", "cut": b'{"stages": [', "text": b"\xff\xfe", "a list": b"[]", "another": b'{"a": 1}',
            "odd members": b'{"stages": 1, "moves": 2, "rows": 3, "table": 4}',
        }.items()
    },
    **{
        f"damaged file: {name} is {kind}": _odd(what, name)
        for name in ("notes.sqlite", "bars/BTC-USD.parquet")
        for kind, what in {
            "a folder": lambda path: path.mkdir(),
            "a link to itself": lambda path: path.symlink_to(path),
            "a link to nothing": lambda path: path.symlink_to("/nonexistent/file"),
            "a pipe": os.mkfifo,
        }.items()
    },
    **{
        f"another asset's file: {kind}": _odd_price_file(make)
        for kind, make in {
            "a folder": lambda path: path.mkdir(),
            "a link to itself": lambda path: path.symlink_to(path),
            "a pipe": os.mkfifo,
            "of another user": _of_another_user,
        }.items()
    },
    "held database: SQLite": _held_database,
    "wrong setting: log": _setting(SENTIMENT_LOG="xml"),
    "wrong setting: notes": _setting(SENTIMENT_NOTES="perhaps"),
    "wrong setting: database": _setting(SENTIMENT_DATABASE_URL="mysql://a:geheim@b/c"),
    "wrong setting: data folder is a file": _setting(SENTIMENT_DATA_DIR="/etc/passwd"),
    "wrong setting: numbers": _setting(SENTIMENT_API_RATE="many", SENTIMENT_OFFLINE="maybe"),
    "wrong clock: a year back": _clock(-timedelta(days=365)),
    "wrong clock: 1970": _clock(datetime(1970, 1, 2, tzinfo=UTC) - datetime.now(UTC)),
    "wrong clock: a year ahead": _clock(timedelta(days=365)),
    "wrong clock: 2199": _clock(datetime(2199, 1, 2, tzinfo=UTC) - datetime.now(UTC)),
}  # fmt: skip
