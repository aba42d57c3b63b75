"""Price sources, one a file or folder: bundled figures answer `bars(symbol)`; a live one fetches, and `bars` keeps it."""
