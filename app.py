"""The server: the dashboard, warmed before the first viewer comes, and the tables by HTTP. Start it with `sentiment run`."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime import get_instance

from sentiment import files, logs, settings
from sentiment.cli import backup
from sentiment.errors import DataError
from sentiment.web.api import ApiMiddleware
from sentiment.web.api.static_files import StaticFilesMiddleware
from sentiment.web.security import Guard, scripts_in


@asynccontextmanager
async def warm(_: st.App) -> AsyncIterator[None]:
    """Fill the page's caches with its default screen, then keep what is loaded out of every later garbage collection."""
    from sentiment.models import Selection  # noqa: PLC0415 - after the runtime has started
    from sentiment.web.views import embedded, shown, worth  # noqa: PLC0415

    backup.finish()
    settings.check()  # what cannot be read stops the server here, and not each page
    logs.configure()  # now that every library under it has its loggers
    try:
        what = shown(Selection())
        worth(what)
        for draw in embedded.CHARTS.values():
            draw(Selection(), what)
    except DataError as error:  # the page starts on what is left, and says so
        logging.getLogger(__name__).warning("%s", error)
    gc.collect()
    gc.freeze()
    yield


def allowed_hosts() -> list[str]:
    """Return the names that the server may be called by, as Streamlit's own setting has them."""
    return list(st.get_option("server.allowedHosts") or ())


def most_bytes() -> int:
    """Return the bytes that one upload may have, by Streamlit's own setting."""
    return int(st.get_option("server.maxUploadSize")) * 2**20


def held() -> dict[str, int]:
    """Return the bytes of uploads that Streamlit keeps, by session."""
    kept = get_instance().uploaded_file_mgr.file_storage
    return {session: sum(len(one.data) for one in list(own.values())) for session, own in list(kept.items())}


def broken(error: Exception) -> bool:
    """Show a viewer what went wrong with an id that the log has, instead of Streamlit's own words."""
    from sentiment.web.views import fault  # noqa: PLC0415 - the views load when a page is asked for

    return fault.show(error)


PAGE = Path(st.__file__).with_name("static") / "index.html"

# In front of Streamlit's own middleware, which would give the tables a session and compress them anew each time.
app = st.App(
    files.DASHBOARD,
    lifespan=warm,
    on_script_error=broken,
    middleware=[
        Middleware(Guard, allowed_hosts=allowed_hosts, most_bytes=most_bytes, held=held, scripts=scripts_in(PAGE)),
        Middleware(ApiMiddleware),
        Middleware(StaticFilesMiddleware),
    ],
)
