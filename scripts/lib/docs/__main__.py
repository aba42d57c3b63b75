"""Rewrite the pages whose printed output has changed, and name them: `scripts/docs`."""

from __future__ import annotations

import docs

if __name__ == "__main__":
    for page in docs.PAGES:
        text = docs.updated(page)
        if text != page.read_text("utf-8"):
            page.write_text(text, "utf-8")
            print(f"{page.relative_to(docs.ROOT)} rewritten")
