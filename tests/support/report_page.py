"""A strict parser of reports, and the report that most tests look at."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser

from sentiment.models import Selection

BASE = "http://localhost:8501/"
MADE = datetime(2025, 12, 11, 9, 30, tzinfo=UTC)
DAY = Selection(as_of=date(2025, 12, 10))
CHARTS = ["timeline", "quadrant", "parts-fear", "parts-fundamentals", "evidence"]
VOID = {"meta", "br", "hr", "img", "input", "link", "wbr", "col"}


class Page(HTMLParser):
    """A strict parser of a page: elements are closed in order, and ids are unique."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.ids, self.blocks, self.words = [], [], [], {}, []
        self.feed(text)
        self.close()
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))

    def handle_starttag(self, tag, attrs):
        assert len(attrs) == len(dict(attrs)), f"an attribute of {tag} occurs twice"
        self.elements.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        inside = self.open[-1] if self.open else ""
        if inside in {"script", "style"}:
            name = self.elements[-1][1].get("id", inside)
            self.blocks[name] = self.blocks.get(name, "") + data
        elif data.strip():
            self.words.append(" ".join(data.split()))

    @property
    def text(self):
        return re.sub(r" +([,.;:)])", r"\1", " ".join(self.words))

    def attributes(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


def strings(value):
    """Every string in a figure, except packed numbers."""
    if isinstance(value, dict):
        return [text for name, inner in value.items() if name != "bdata" for text in strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []
