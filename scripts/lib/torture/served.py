"""Our server in a process of its own, observed from outside: answers, memory, file handles, connections."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, build_opener

import ports

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120.0
_PAGE = os.sysconf("SC_PAGE_SIZE")
WATCH = """
import os, sys
_told = os.open(os.environ["TORTURE_CALLS"], os.O_CREAT | os.O_WRONLY | os.O_APPEND)
def _hook(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        where = arguments[1] if event != "socket.getaddrinfo" else arguments[:2]
        os.write(_told, f"{event} {where!r}\\n".encode())
sys.addaudithook(_hook)
"""
"""Runs before the server: records every name it looks up and every address it calls from Python."""


@dataclass
class Served:
    """A running server and what was observed."""

    port: int
    pid: int
    folder: Path
    foreign: set[str] = field(default_factory=set)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}/"

    def log(self) -> str:
        return (self.folder / "log.txt").read_text("utf-8", "replace")

    def memory(self) -> float:
        """Return the resident memory in MB."""
        return int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1]) * _PAGE / 1e6

    def handles(self) -> int:
        return sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir())

    def called(self) -> list[str]:
        """Return the hosts that it called or looked up, other than this machine."""
        told = (
            (self.folder / "calls.txt").read_text("utf-8").splitlines() if (self.folder / "calls.txt").exists() else []
        )
        return [
            *(one for one in told if not any(name in one for name in ("127.0.0.1", "localhost", "::1"))),
            *self.foreign,
        ]

    def watch(self, stop: threading.Event) -> None:
        """Record connections to other machines that were not opened from Python."""
        while not stop.wait(0.05):
            try:
                ours = {str(one.readlink()) for one in Path(f"/proc/{self.pid}/fd").iterdir()}
                self.foreign |= {one for one, inode in _connections() if f"socket:[{inode}]" in ours}
            except OSError:
                continue


def _connections() -> Iterator[tuple[str, str]]:
    """Yield each TCP or UDP connection that leaves this machine, and its inode."""
    for kind in ("tcp", "udp"):
        for line in Path(f"/proc/net/{kind}").read_text("ascii").splitlines()[1:]:
            fields = line.split()
            remote, number = fields[2], fields[9]
            if not remote.startswith(("0100007F", "00000000")):
                yield f"{kind} to {socket.inet_ntoa(bytes.fromhex(remote[:8])[::-1])}", number


@contextmanager
def serving(environment: dict[str, str] | None = None, *, saved: Path | None = None) -> Iterator[Served]:
    """Serve the dashboard as `sentiment run` does, offline unless the environment says otherwise."""
    port = ports.free()
    with tempfile.TemporaryDirectory(prefix="torture-") as where:
        folder = Path(where)
        (folder / "sitecustomize.py").write_text(WATCH)
        full = {
            **os.environ,
            "SENTIMENT_OFFLINE": "1",
            "SENTIMENT_DATA_DIR": str(saved or folder / "saved"),
            "SENTIMENT_API_RATE": "0",
            "TORTURE_CALLS": str(folder / "calls.txt"),
            **(environment or {}),
            "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
        }
        full.pop("SENTIMENT_DATABASE_URL", None)
        command = [sys.executable, "-m", "sentiment.cli", "run", "--headless", "--port", str(port)]
        with (folder / "log.txt").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=full, cwd=ROOT)
        served, stop = Served(port, process.pid, folder), threading.Event()
        watcher = threading.Thread(target=served.watch, args=(stop,), daemon=True)
        try:
            _await(process, served)
            watcher.start()
            yield served
        finally:
            stop.set()
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await(process: subprocess.Popen[bytes], served: Served) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}: {served.log()[-2000:]}")
        try:
            with build_opener(ProxyHandler({})).open(f"{served.address}_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not answer within {PATIENCE:g} s")
