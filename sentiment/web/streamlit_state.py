"""What Streamlit's own settings and memory say of uploads, hosts and frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import streamlit as st
from streamlit.runtime import get_instance

if TYPE_CHECKING:
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager


def allowed_hosts() -> list[str]:
    """Return the names under which the server may be called: Streamlit's ``server.allowedHosts``."""
    return list(st.get_option("server.allowedHosts") or ())


def steering_origins() -> list[str]:
    """Return the pages that may steer ours by messages when they frame it: Streamlit's ``client.allowedOrigins``."""
    return list(st.get_option("client.allowedOrigins") or ())


def max_upload_bytes() -> int:
    """Return the bytes that one upload may have: Streamlit's ``server.maxUploadSize``."""
    return int(st.get_option("server.maxUploadSize")) * 2**20


def stored_upload_bytes() -> dict[str, int]:
    """Return the bytes of uploads that Streamlit keeps in memory, by session."""
    manager = cast("MemoryUploadedFileManager", get_instance().uploaded_file_mgr)
    storage = manager.file_storage  # other threads change it: iterate over copies
    return {session: sum(len(file.data) for file in list(files.values())) for session, files in list(storage.items())}
