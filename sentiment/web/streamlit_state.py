"""What Streamlit's own settings and memory say of queries, the browser's history, uploads, hosts and frames."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

import streamlit as st
from google.protobuf.message import DecodeError, Message
from streamlit import config
from streamlit.auth_util import get_origin_from_redirect_uri
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.query_params import sanitize_query_string
from streamlit.web.server import server_util
from streamlit.web.server.starlette import starlette_websocket
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from sentiment import files

if TYPE_CHECKING:
    from starlette.types import Scope
    from streamlit.runtime.app_session import AppSession
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    from streamlit.runtime.session_manager import SessionInfo


def allowed_hosts() -> list[str]:
    """Return the names under which the server may be called: Streamlit's ``server.allowedHosts``."""
    return list(st.get_option("server.allowedHosts") or ())


def address() -> str:
    """Return the address at which a browser on this machine opens the page."""
    return str(server_util.get_url(st.get_option("browser.serverAddress")))


def trusted_headers() -> dict[str, str]:
    """Return the headers in which a proxy names the viewer, and what each holds: Streamlit's ``server.trustedUserHeaders``."""
    return dict(st.get_option("server.trustedUserHeaders") or {})


def login(cookies: dict[str, str]) -> dict[str, object]:
    """Return what Streamlit's login signed for whoever sends these cookies; empty for nobody, or where no login is set up."""
    origin = get_origin_from_redirect_uri()
    if origin is None or USER_COOKIE_NAME not in cookies:
        return {}
    signed = starlette_websocket._get_signed_cookie_with_chunks(cookies, USER_COOKIE_NAME)  # noqa: SLF001 - it has no public door
    return starlette_websocket._parse_decoded_user_cookie(signed, origin) if signed else {}  # noqa: SLF001


def connection() -> tuple[str | None, list[tuple[str, str]]]:
    """Return the address and the headers by which the browser of the page that runs now connected; nothing if it is gone."""
    client = get_instance().get_client(own_session())
    context = client.client_context if client else None
    return (context.remote_ip, list(context.headers)) if context else (None, [])


def page_parameters(query: str) -> list[tuple[str, str]]:
    """Return the parameters that the page gets for a query: none if Streamlit drops it, for having too many fields."""
    return parse_qsl(sanitize_query_string(query), keep_blank_values=True)


def went_through_history() -> bool:
    """Return whether the page is drawn because the browser went back or forward to its address.

    Streamlit asks for the run itself then, and writes any change of the address over the current entry.
    """
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def steering_origins() -> list[str]:
    """Return the pages that may steer ours by messages when they frame it: Streamlit's ``client.allowedOrigins``.

    Read as a server that starts now reads it: the settings beside the page count in whatever folder it is started.
    """
    config._main_script_path = str(files.APP)  # noqa: SLF001 - what `streamlit run` sets
    stated = os.environ.get(
        "STREAMLIT_CLIENT_ALLOWED_ORIGINS", ""
    ).split()  # `streamlit run` reads it, the files' reader does not
    return stated or list(config.get_config_options(force_reparse=True)["client.allowedOrigins"].value or ())


def max_upload_bytes() -> int:
    """Return the bytes that one upload may have: Streamlit's ``server.maxUploadSize``."""
    return int(st.get_option("server.maxUploadSize")) * 2**20


def without_large_values(content: bytes, most: int) -> bytes | None:
    """Return a browser's message without the values of controls that have over `most` bytes; None if it is none of a browser."""
    message = BackMsg()
    try:
        message.ParseFromString(content)
    except DecodeError:
        return None
    widgets = message.rerun_script.widget_states.widgets
    kept = [widget for widget in widgets if widget.ByteSize() <= most]
    if len(kept) < len(widgets):
        del widgets[:]
        widgets.extend(kept)
    return bytes(message.SerializeToString())


def stored_text_bytes() -> dict[str, int]:
    """Return the bytes that Streamlit keeps of the controls' values and of the last message, by session.

    Sessions that were left a moment ago count: Streamlit keeps them for a browser that comes back.
    """
    return {info.session.id: _session_bytes(info.session) for info in _sessions()}


def session_of(scope: Scope) -> str:
    """Return the session of an open websocket; empty if there is none."""
    for info in _sessions():
        websocket = getattr(info.client, "_websocket", None)
        if websocket is not None and websocket.scope.get("screen") is scope["screen"]:
            return info.session.id
    return ""


def own_session() -> str:
    """Return the session whose page runs now; empty outside of a page."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def _sessions() -> list[SessionInfo]:
    return get_instance()._session_mgr.list_sessions()  # noqa: SLF001 - it has no public door


def _session_bytes(session: AppSession) -> int:
    state = session.session_state
    held = [*list(state._old_state.values()), *list(state._new_session_state.values())]  # noqa: SLF001
    arrived = [_size(value.value) for value in list(state._new_widget_state.states.values())]  # noqa: SLF001
    return int(session._client_state.ByteSize()) + sum(map(_size, held)) + sum(arrived)  # noqa: SLF001


def _size(value: object) -> int:
    """Return the bytes of a control's value: text, lists of text, or a message that was not read yet."""
    if isinstance(value, Message):
        return int(value.ByteSize())
    if isinstance(value, dict):
        return sum(_size(item) for pair in value.items() for item in pair)
    if isinstance(value, list | tuple | set | frozenset):
        return sum(map(_size, value))
    return sys.getsizeof(value)


def stored_upload_bytes() -> dict[str, int]:
    """Return the bytes of uploads that Streamlit keeps in memory, by session."""
    manager = cast("MemoryUploadedFileManager", get_instance().uploaded_file_mgr)
    storage = manager.file_storage  # other threads change it: iterate over copies
    return {session: sum(len(file.data) for file in list(files.values())) for session, files in list(storage.items())}
