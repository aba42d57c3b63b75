"""The tools over the Model Context Protocol: on standard input and output, or by streamable HTTP to programs on this machine.

Every column is given, as on the command line: both ways reach nobody but the machine's own programs.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import mcp_types as types
import orjson
import uvicorn
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from starlette.responses import PlainTextResponse

from sentiment.errors import SelectionError, SentimentError
from sentiment.formatting import shortened, visible
from sentiment.web import sharing
from sentiment.web.api.problems import ProblemError
from sentiment.web.mcp_server.tools import INSTRUCTIONS, tools

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext
    from starlette.types import ASGIApp, Receive, Scope, Send

    from sentiment.web.mcp_server.tools import Tool

HOST = "127.0.0.1"
VERSION = "1"
"""Of the tools, as of the API's addresses."""
_AT_ONCE = 2
"""Answers that are computed at a time, as by HTTP."""
_HINTS = types.ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


def server(base: str) -> Server[Any]:
    """Return the server.

    Parameters
    ----------
    base : str
        Address of the page, for links to it.
    """
    threads = anyio.CapacityLimiter(_AT_ONCE)

    async def list_tools(
        _: ServerRequestContext[Any], __: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(tool) for tool in tools().values()])

    async def call(_: ServerRequestContext[Any], asked: types.CallToolRequestParams) -> types.CallToolResult:
        tool = tools().get(asked.name)
        if tool is None:
            raise MCPError(
                types.INVALID_PARAMS, f"There is no tool {shortened(asked.name)}; there are: {', '.join(tools())}."
            )
        try:
            content = await anyio.to_thread.run_sync(tool.answer, asked.arguments or {}, base, limiter=threads)
        except SentimentError as error:
            return types.CallToolResult(content=[_text(_told(error))], is_error=True)
        return types.CallToolResult(content=[_text(orjson.dumps(content).decode())], structured_content=content)

    return Server(
        "sentiment",
        version=VERSION,
        title="Sentiment: fear and fundamentals",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call,
    )


def _described(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.arguments,
        output_schema=tool.answer_schema,
        annotations=_HINTS,
    )


def _text(text: str) -> types.TextContent:
    return types.TextContent(type="text", text=text)


def _told(error: SentimentError) -> str:
    """Return what is wrong in one line, and what there is to choose from."""
    text = visible(" ".join(str(error).split())).rstrip(".")
    choices = error.more.get("there_are", {}) if isinstance(error, ProblemError) else {}
    listed = "".join(f" {name}: {', '.join(several)}." for name, several in choices.items())
    return f"{text[:1].upper()}{text[1:]}.{' There are, of' if listed else ''}{listed}"


def serve_stdio(base: str) -> None:
    """Answer on standard input and output until the input ends."""

    async def run() -> None:
        made = server(base)
        async with stdio_server() as (read, write):
            await made.run(read, write, made.create_initialization_options())

    anyio.run(run)


def listen(port: int) -> socket.socket:
    """Return a socket that listens on a port of this machine.

    Raises
    ------
    SelectionError
        If the port cannot be had.
    """
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise SelectionError(f"port {port} of this machine cannot be had: {why}; name another") from None


def serve_http(base: str, listener: socket.socket) -> None:
    """Answer by streamable HTTP at ``/mcp`` until it is stopped."""
    with listener:
        config = uvicorn.Config(application(base), log_level="warning", proxy_headers=False)
        uvicorn.Server(config).run([listener])


def application(base: str) -> ASGIApp:
    """Return the ASGI application, which answers only programs on this machine.

    The SDK refuses other hosts and origins; a request that a proxy or tunnel passed on is refused here, for not every figure may be.
    """
    inner = server(base).streamable_http_app(json_response=True, stateless_http=True)

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
            client = scope.get("client")
            if not sharing.is_own_machine(client[0] if client else None, headers):
                refusal = PlainTextResponse(
                    "This answers programs on the machine that it runs on, and nobody else.\n", 403
                )
                await refusal(scope, receive, send)
                return
        await inner(scope, receive, send)

    return guarded
