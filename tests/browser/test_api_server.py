"""The API on the server that people start, beside the page; no browser is needed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import command_line
import pytest

from sentiment.web import links

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

DOCS = (Path(__file__).parent.parent.parent / "docs" / "api.md").read_text("utf-8")
HERE = "http://localhost:8501/"
LIVE = "/api/v1/scores.csv?as_of=2025-12-02"


def get(server, path, method="GET", **headers):
    connection = HTTPConnection(urlsplit(server).netloc, timeout=60)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def test_the_bytes_are_the_command_lines_each_time(plain_server):
    written = command_line.run("export", "BTC-USD", "--as-of", "2025-12-02").stdout
    for _ in range(2):
        answer, body = get(plain_server, LIVE)
        assert answer.status == 200
        assert body == written
        assert answer.getheader("Set-Cookie") is None


def test_it_stands_beside_the_page(plain_server):
    answer, body = get(plain_server, "/")
    assert answer.status == 200
    assert b'<meta property="og:title"' in body
    assert get(plain_server, "/_stcore/health")[1] == b"ok"
    for path in ("/api/nothing", "/api/v1/scores", "/api/%2e%2e/x", "/api/v1//scores.csv"):
        answer, body = get(plain_server, path)
        assert (answer.status, answer.getheader("Content-Type")) == (404, "application/problem+json")
        assert "scores" in json.loads(body)["there_are"]["tables"]
    assert get(plain_server, "/nothing")[0].status == 200, "the page answers what is not ours"


def test_head_gzip_and_not_modified_go_over_the_wire(plain_server):
    whole, body = get(plain_server, LIVE, Accept_Encoding="gzip;q=0")
    head, nothing = get(plain_server, LIVE, "HEAD")
    assert nothing == b""
    assert head.getheader("Content-Length") == whole.getheader("Content-Length") == str(len(body))
    packed, small = get(plain_server, LIVE, Accept_Encoding="gzip")
    assert packed.getheader("Content-Encoding") == "gzip"
    assert len(small) == int(packed.getheader("Content-Length")) < len(body) / 2
    again, nothing = get(plain_server, LIVE, Accept_Encoding="gzip", If_None_Match=packed.getheader("ETag"))
    assert (again.status, nothing) == (304, b"")


def test_a_foreign_name_and_another_method_are_refused(plain_server):
    assert get(plain_server, LIVE, Host="evil.example")[0].status == 403
    answer, _ = get(plain_server, LIVE, "OPTIONS", Origin="https://evil.example")
    assert (answer.status, answer.getheader("Allow")) == (405, "GET, HEAD")
    assert not [name for name, _ in answer.getheaders() if name.lower().startswith("access-control")]
    assert get(plain_server, f"/api/v1/notes.csv?find={'x' * links.MAX_QUERY}")[0].status == 414


def test_it_is_up_and_ready(plain_server):
    assert json.loads(get(plain_server, "/healthz")[1]) == {"status": "up"}
    assert json.loads(get(plain_server, "/readyz")[1]) == {"status": "ready"}


def commands():
    blocks = re.findall(r"^```\n(\$ .*?)^```", DOCS, flags=re.DOTALL | re.MULTILINE)
    return [part.partition("\n")[::2] for block in blocks for part in block.removeprefix("$ ").split("\n$ ")]


@pytest.mark.parametrize(("command", "printed"), commands())
def test_a_command_of_the_docs_prints_what_the_docs_say(plain_server, command, printed):
    if shutil.which("curl") is None:
        pytest.skip("no curl on the PATH")
    shown = subprocess.run(
        ["sh", "-c", command.replace(HERE, plain_server)], capture_output=True, check=True, timeout=60
    ).stdout.decode()
    shown = shown.replace("\r\n", "\n")
    head, dots, _ = printed.partition("...")
    assert shown.startswith(head) if dots else shown.strip() == printed.strip()


@pytest.mark.parametrize("code", re.findall(r"^```python\n(.*?)^```", DOCS, flags=re.DOTALL | re.MULTILINE))
def test_the_python_of_the_docs_runs(plain_server, code):
    subprocess.run([sys.executable, "-c", code.replace(HERE, plain_server)], check=True, timeout=60)


def test_what_a_sheet_imports_is_there(plain_server):
    (address,) = re.findall(r'^    =IMPORTDATA\("https://dash.example.com(/[^"]+)"\)', DOCS, flags=re.MULTILINE)
    answer, body = get(plain_server, address)
    assert answer.getheader("Content-Type") == "text/csv; charset=utf-8"
    assert answer.getheader("Content-Disposition") == 'inline; filename="BTC-USD_scores_2026-10-03.csv"'
    assert body.count(b"\r\n") == 92
