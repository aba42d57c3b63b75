"""`sentiment mcp`: the tables as tools of an assistant on this machine."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sentiment.cli.options import Base, say
from sentiment.errors import MissingExtraError


def mcp(
    http: Annotated[
        int | None,
        typer.Option(
            "--http",
            min=1,
            max=65535,
            metavar="PORT",
            help="Answer by HTTP at 127.0.0.1:PORT/mcp in place of standard input.",
        ),
    ] = None,
    base: Base = "http://localhost:8501/",
) -> None:
    """Offer the tables as tools to an assistant on this machine, by the Model Context Protocol; read only."""
    from importlib.util import find_spec

    from sentiment import logs, settings

    if find_spec("mcp") is None:
        raise MissingExtraError(
            "the library of the Model Context Protocol is not installed; install it with: pip install 'sentiment-dashboard[mcp]'"
        )
    from sentiment.web.mcp_server import protocol

    settings.check()
    listener = None if http is None else protocol.listen(http)
    logs.configure()  # to standard error: standard output is the protocol's
    if listener is None:
        if sys.stdin.isatty():  # whoever types the command sees why nothing happens
            typer.echo("waits for an assistant on standard input; docs/mcp.md says how to connect one", err=True)
        protocol.serve_stdio(base)
        return
    say(f"answers at http://{protocol.HOST}:{http}/mcp until it is stopped")
    protocol.serve_http(base, listener)
