"""The papers of whoever looks after a server keep to the program: settings, bounds, the container and the audit."""

from __future__ import annotations

import os
import re
import resource
import subprocess
from pathlib import Path

import pytest

from sentiment import settings
from sentiment.cli import server
from sentiment.errors import SelectionError
from sentiment.web.security import limits

ROOT = Path(__file__).parents[2]
PAPER = (ROOT / "docs" / "operations.md").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def test_every_variable_is_in_the_table_with_its_default_and_no_other():
    rows = dict(re.findall(r"^\| `([A-Z_]{5,})` \| `?(.+?)`? \|", PAPER, flags=re.MULTILINE))
    assert set(rows) == set(settings.SETTINGS)
    for name, one in settings.SETTINGS.items():
        assert rows[name].replace("`", "") == one.default


def test_no_variable_is_read_that_nobody_is_told_of():
    code = [
        *(ROOT / "sentiment").rglob("*.py"),
        *(path for path in (ROOT / "scripts").iterdir() if path.is_file()),
        ROOT / "app.py",
        ROOT / "Dockerfile",
    ]
    named = {name for path in code for name in re.findall(r"SENTIMENT_[A-Z_]+", path.read_text("utf-8"))}
    assert named - {
        "SENTIMENT_TEST_",
        "SENTIMENT_TEST_DATABASE_URL",
        "SENTIMENT_AUDIT_VENV",
        "SENTIMENT_BENCH_VENV",
    } == set(settings.SETTINGS) - {settings.PROXIES_VARIABLE}


@pytest.mark.parametrize(
    ("text", "proxies"),
    [("", ()), ("127.0.0.1", ("127.0.0.1",)), ("10.0.0.0/8, ::1,", ("10.0.0.0/8", "::1")), ("*", None), ("nginx", None), ("10.0.0.1/8", None)],
)  # fmt: skip
def test_proxies_are_named_by_address(monkeypatch, text, proxies):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", text)
    if proxies is None:
        with pytest.raises(SelectionError, match="FORWARDED_ALLOW_IPS names"):
            settings.check()
    else:
        assert settings.proxies() == proxies


def test_the_documented_limits_are_those_of_the_server():
    for told in (f"{limits.MAX_UPLOADS // 2**20} MiB", f"{limits.CLIENT_TIMEOUT:.0f} s", f"| {limits.MAX_SCREENS} |"):
        assert told in PAPER


def test_the_image_runs_without_root_and_holds_what_it_copies():
    assert re.search(r"^USER sentiment$", DOCKERFILE, flags=re.MULTILINE)
    assert "/healthz" in DOCKERFILE
    assert "-c constraints.txt" in DOCKERFILE
    assert "://" not in DOCKERFILE.replace("http://127.0.0.1", "")
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        name for line in re.findall(r"^COPY (?!--)(.+)$", DOCKERFILE, flags=re.MULTILINE) for name in line.split()[:-1]
    }
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


def test_the_server_starts_with_a_thrifty_allocator_unless_somebody_chose_another(monkeypatch):
    started = []
    monkeypatch.setattr(os, "execve", lambda *call: started.append(call))
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    monkeypatch.setenv("MALLOC_MMAP_THRESHOLD_", "1000")
    server.run(8600, headless=True)
    [(_, command, environment)] = started
    assert command[-4:] == ["--server.port", "8600", "--server.headless", "true"]
    assert (environment["MALLOC_ARENA_MAX"], environment["MALLOC_MMAP_THRESHOLD_"]) == ("2", "1000")
    assert environment["ARROW_DEFAULT_MEMORY_POOL"] == "system"
    assert environment["PATH"] == os.environ["PATH"]


@pytest.mark.parametrize(
    ("soft", "hard", "then"),
    [
        (1_024, 1_048_576, 8_192),
        (1_024, 4_096, 4_096),
        (1_024, resource.RLIM_INFINITY, 8_192),
        (20_000, 20_000, None),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, None),
    ],
)
def test_the_server_may_open_the_files_that_its_screens_need(monkeypatch, soft, hard, then):
    asked = []
    monkeypatch.setattr(os, "execve", lambda *_: None)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    server.run(8600, headless=True)
    assert asked == ([(then, hard)] if then else [])


@pytest.mark.parametrize("code", [0, 1])
def test_an_audit_is_strict_and_fails_as_pip_audit_does(tmp_path, code):
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    fake = bin_folder / "pip-audit"
    fake.write_text(f'#!/bin/sh\necho "$@"\nexit {code}\n')
    fake.chmod(0o755)
    done = subprocess.run(
        [ROOT / "scripts" / "audit", "-s", "osv"],
        capture_output=True, text=True, check=False, env={**os.environ, "SENTIMENT_AUDIT_VENV": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == code
    assert done.stdout.split() == [
        "--strict", "--no-deps", "--disable-pip", "--requirement", "constraints.txt", "-s", "osv",
    ]  # fmt: skip
