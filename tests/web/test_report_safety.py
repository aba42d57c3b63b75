"""A report loads nothing, runs nothing but its own scripts, and shows outside text as text."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from datetime import date
from pathlib import Path

import plotly.graph_objects as go
import pytest
from jinja2 import UndefinedError
from plotly.offline import get_plotlyjs
from report_page import BASE, CHARTS, DAY, MADE, Page, strings

from sentiment.charts import offline
from sentiment.models import Selection
from sentiment.research import library
from sentiment.web import report
from sentiment.web.report import page as pages

FOLDER = Path(pages.__file__).parent

HOSTILE = """---
id: hostile
title: "</title><script>alert(1)</script> & <img src=x onerror=alert(2)>"
publisher: "<b onmouseover=alert(3)>desk</b>"
author: "</script><script>alert(4)</script>"
published: 2025-12-04T10:00:00Z
precision: minute
source: "<a href=javascript:alert(5)>here</a>"
source_url: https://evil.example/?a&b&quot;onmouseover=alert(6)
assets: [BTC-USD]
themes: [fear]
stance: bullish
conviction: 0.7
claims:
  - text: "<svg onload=alert(7)>"
calls:
  - {asset: BTC-USD, text: "<iframe src=https://evil.example/>", direction: up, days: 30}
---
</details></main><script>alert(8)</script> ![pixel](https://tracker.example/x.png) [go](javascript:alert(9))
<style>body{display:none}</style> Bitcoin could\u2028rebound.
"""


@pytest.fixture(scope="module")
def written():
    return report.html(DAY, BASE, MADE)


@pytest.fixture(scope="module")
def page(written):
    return Page(written)


def test_it_loads_nothing_from_anywhere(written, page):
    for _, attrs in page.elements:
        assert not {"src", "srcset", "action", "style", "background", "poster"} & set(attrs)
        assert not [name for name in attrs if name.startswith("on")]
    assert page.attributes("link") == []
    for attrs in page.attributes("a"):
        assert attrs["href"].startswith(("https://", BASE))
        assert attrs["rel"] == "noopener noreferrer nofollow"
    hrefs = {attrs["href"] for attrs in page.attributes("a")}
    bare = re.sub(r'<script type="text/plain" id="plotly">.*?</script>', "", written)
    addresses = set(re.findall(r"https?://[^\s\"'<>]+", bare))
    assert {address.replace("&amp;", "&") for address in addresses} <= hrefs
    assert "url(" not in page.blocks["style"]
    assert "@import" not in page.blocks["style"]


def test_the_policy_names_exactly_what_runs(page):
    (policy,) = [attrs["content"] for attrs in page.attributes("meta") if "http-equiv" in attrs]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}

    def digest(text):
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    unpacked = gzip.decompress(base64.b64decode(page.blocks["plotly"])).decode()
    assert unpacked == get_plotlyjs()
    assert rules == {
        "default-src": ["'none'"],
        "script-src": [digest(page.blocks["script"]), digest(unpacked)],
        "style-src": [digest(page.blocks["style"]), digest("")],
        "img-src": ["data:", "blob:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    scripts = [
        attrs for attrs in page.attributes("script") if attrs.get("type") not in {"application/json", "text/plain"}
    ]
    assert len(scripts) == 1


def test_a_hostile_note_is_text_wherever_it_stands(empty_store):
    assert empty_store
    library.add(HOSTILE, "hostile.md", who="A. Reader")
    page = Page(report.html(Selection(as_of=date(2025, 12, 10)), BASE))
    assert "</title><script>alert(1)</script> & <img src=x onerror=alert(2)>" in page.words
    assert "<b onmouseover=alert(3)>desk</b>" in page.text
    assert "<iframe src=https://evil.example/>" in page.text
    assert "alert(8)" in page.text
    assert "[U+2028]" in page.text
    kinds = {tag for tag, _ in page.elements}
    assert not kinds & {"img", "svg", "iframe", "b", "object", "embed", "form", "base"}
    assert len(page.attributes("script")) == len(CHARTS) + 3
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]
    assert not [attrs for attrs in page.attributes("a") if not attrs["href"].startswith(("https://", BASE))]
    pins = strings(json.loads(page.blocks["figure-timeline"]))
    assert any("&lt;script&gt;alert(1)" in text for text in pins), (
        "plotly reads markup: a pin's words are escaped twice"
    )
    before = report.html(Selection(as_of=date(2025, 12, 3)), BASE)
    assert "alert(1)" not in before


@pytest.mark.parametrize("evil", ["</script><script>alert(1)</script>", "<!--", "a & b", "\u2028\u2029"])
def test_figures_cannot_leave_their_element(evil):
    text = offline.as_json(go.Figure(go.Scatter(x=["2025-12-02T00:00:00"], y=[1.0], text=[evil])))
    assert not set("<>&\u2028\u2029") & set(text)
    (trace,) = json.loads(text)["data"]
    assert trace["text"] == [evil]
    assert trace["x"] == ["2025-12-02"]


def test_a_link_to_no_page_is_only_written_out():
    macros = pages.environment(FOLDER).get_template("macros.html.j2").module
    assert macros.link("javascript:alert(1)", "<go>") == "&lt;go&gt;"
    assert macros.link("https://a.example/?b&c", "<go>").startswith(
        '<a href="https://a.example/?b&amp;c" rel="noopener'
    )
    assert macros.emphasised("so: **a** <b>") == "so: <strong>a</strong> &lt;b&gt;"
    assert macros.table("none", [], ()).strip() == ""


def test_a_template_shows_outside_text_escaped_in_one_line_and_knows_all_its_names():
    template = pages.environment(FOLDER).from_string("{{ text }}")
    assert template.render(text="<b>\n a\u202e") == "&lt;b&gt; a[U+202E]"
    with pytest.raises(UndefinedError):
        template.render(words="")
