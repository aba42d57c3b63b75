"""The server: the dashboard, warmed before the first viewer, and the HTTP API. Start it with `sentiment run`."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
import typer
from starlette.middleware import Middleware

from sentiment import files, logs, settings
from sentiment.cli import backup, watch
from sentiment.errors import DataError
from sentiment.web.api import ApiMiddleware
from sentiment.web.api.static_files import StaticFilesMiddleware
from sentiment.web.preview_tags import PreviewMiddleware
from sentiment.web.security import SecurityMiddleware
from sentiment.web.security.headers import scripts_in
from sentiment.web.security.texts import TextMiddleware
from sentiment.web.streamlit_state import (
    address,
    allowed_hosts,
    max_upload_bytes,
    session_of,
    stored_text_bytes,
    stored_upload_bytes,
)
from sentiment.web.tidy_links import TidyLinkMiddleware

STREAMLIT = Path(st.__file__).with_name("static")
"""The folder of its page."""


@asynccontextmanager
async def warm(_: st.App) -> AsyncIterator[None]:
    """Fill the caches with the default screen, then exclude all that is loaded from later garbage collections."""
    from sentiment.models import Selection  # noqa: PLC0415 - after the runtime has started
    from sentiment.web.page import embedded, screen  # noqa: PLC0415

    backup.finish()
    settings.check()  # a faulty setting stops the server here, not every page
    logs.configure()  # after every library has made its loggers
    try:
        default = screen.load_screen(Selection())
        screen.verdict_in_brief(default.key)
        for draw in embedded.CHARTS.values():
            draw(default)
    except DataError as error:  # the page works with the remaining data, and says what is missing
        logging.getLogger(__name__).warning("%s", error)
    gc.collect()
    gc.freeze()
    with watch.in_background():
        typer.echo(f"\nThe dashboard is at {address()}\n")
        yield


def show_fault(error: Exception) -> bool:
    """Show a failed page's viewer an id that the log has too, instead of Streamlit's message."""
    from sentiment.web.page import fault  # noqa: PLC0415 - loads with the first page

    return fault.show(error)


# In front of Streamlit's own middleware, which would give the API a session and compress its answers again.
app = st.App(
    files.DASHBOARD,
    lifespan=warm,
    on_script_error=show_fault,
    middleware=[
        Middleware(
            SecurityMiddleware,
            allowed_hosts=allowed_hosts,
            max_upload_bytes=max_upload_bytes,
            stored_upload_bytes=stored_upload_bytes,
            scripts=scripts_in(STREAMLIT / "index.html"),
        ),
        Middleware(TextMiddleware, stored_text_bytes=stored_text_bytes, session_of=session_of),
        Middleware(TidyLinkMiddleware),
        Middleware(ApiMiddleware),
        Middleware(StaticFilesMiddleware),
        Middleware(PreviewMiddleware, static=STREAMLIT),
    ],
)
