"""What Streamlit's own settings and memory say of queries, uploads, hosts and frames."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

import streamlit as st
from streamlit import config
from streamlit.runtime import get_instance
from streamlit.runtime.state.query_params import sanitize_query_string

from sentiment import files

if TYPE_CHECKING:
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager


def allowed_hosts() -> list[str]:
    """Return the names under which the server may be called: Streamlit's ``server.allowedHosts``."""
    return list(st.get_option("server.allowedHosts") or ())


def page_parameters(query: str) -> list[tuple[str, str]]:
    """Return the parameters that the page gets for a query: none if Streamlit drops it, for having too many fields."""
    return parse_qsl(sanitize_query_string(query), keep_blank_values=True)


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


def stored_upload_bytes() -> dict[str, int]:
    """Return the bytes of uploads that Streamlit keeps in memory, by session."""
    manager = cast("MemoryUploadedFileManager", get_instance().uploaded_file_mgr)
    storage = manager.file_storage  # other threads change it: iterate over copies
    return {session: sum(len(file.data) for file in list(files.values())) for session, files in list(storage.items())}
