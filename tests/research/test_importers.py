"""What becomes of a file or paste: every kind with its text and its own words on itself, and every file that is refused."""

import contextlib
import io
import logging
import re
import subprocess
import sys
import time
import zlib
from datetime import UTC, datetime

import growth
import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from read_check import checked
from saved_pages import COMMENT, FOREIGN, NEWS, PAGES

from sentiment.errors import InputError
from sentiment.research import importers, text

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The turn &amp; the trend | House</title>
<meta property="og:title" content="The turn">
<meta property="og:site_name" content="A House">
<meta name="author" content="A. Writer">
<meta property="article:published_time" content="2025-12-02T16:33:00+01:00">
<link rel="canonical" href="https://house.example/turn">
<style>p {color: red}</style><script>alert("script")</script></head>
<body><nav>Menu</nav><!-- a comment -->
<h1>The turn</h1>
<p>Bitcoin fell&nbsp;by <b>12</b>&nbsp;%,
then it rose.</p>
<h2>Reasons</h2>
<ul><li>Low leverage</li><li><p>Solid support</p></li></ul>
<div hidden>hidden</div><div style="display: none">styled away</div><p aria-hidden="true">for no reader</p>
<template><p>template</p></template><noscript>noscript</noscript>
<table><tr><th>Day</th><th>Close</th></tr><tr><td>1</td><td>90</td></tr></table>
<p>One line<br>and another</p><footer>Imprint</footer></body></html>"""
PAGE_TEXT = """# The turn

Bitcoin fell by 12 %, then it rose.

## Reasons

- Low leverage
- Solid support

Day | Close

1 | 90

One line
and another"""


def pdf(*pages, info=b"", filters=b"", stream=None):
    """Write a PDF by hand: one content stream a page, a line of text a line."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        shown = b" T* ".join(b"(" + line.encode("latin-1") + b") Tj" for line in lines)
        content = stream or b"BT /F1 12 Tf 14 TL 72 720 Td " + shown + b" ET"
        objects.append(b"<< /Length %d %s >>\nstream\n" % (len(content), filters) + content + b"\nendstream")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    objects.append(b"<< %s >>" % info)
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF"
    return out + trailer % (len(objects) + 1, len(objects), start)


NOTE_PDF = pdf(
    ["The market is in fear, and lever-", "age is low. Bitcoin could rebound in December", "of this year.", "1"],
    ["- Solid support at 80,000", "- Low leverage", "A second paragraph follows."],
    info=b"/Title (The turn) /Author (A. Writer) /CreationDate (D:20251202153300Z)",
)


def refused(name, content):
    with pytest.raises(InputError) as told:
        importers.read_file(name, content)
    assert "\n" not in str(told.value)
    return str(told.value)


def test_a_page_becomes_light_markdown_with_what_it_says_of_itself():
    assert importers.read_file("turn.html", PAGE.encode()) == importers.Document(
        "html",
        PAGE_TEXT,
        title="The turn",
        author="A. Writer",
        publisher="A House",
        published=datetime(2025, 12, 2, 15, 33, tzinfo=UTC),
        precision="minute",
        source_url="https://house.example/turn",
    )


def test_a_pdf_becomes_paragraphs_and_its_creation_is_no_publication():
    document = importers.read_file("turn.pdf", NOTE_PDF)
    assert document == importers.Document(
        "pdf",
        "The market is in fear, and leverage is low. Bitcoin could rebound in December of this year.\n\n"
        "- Solid support at 80,000\n- Low leverage\n\nA second paragraph follows.",
        title="The turn",
        author="A. Writer",
    )


def test_a_file_with_front_matter_is_a_note_and_is_left_alone():
    whole = "---\r\nid: a\r\npublisher: P\r\npublished: 2026-01-02\r\n---\r\nThe body.  \r\n"
    assert importers.read_file("a.md", whole.encode()) == importers.Document("note", whole)
    assert importers.read_file("a.txt", b"\xef\xbb\xbf" + whole.encode()) == importers.Document("note", whole)
    assert importers.read_paste(whole) == importers.Document("note", whole)


@pytest.mark.parametrize("text", ["---\nA rule, no header.\n---\n", "Text\n---\ntitle: A\n---\n", "---\ntitle: A\n"])
def test_a_rule_at_the_top_is_no_front_matter(text):
    assert importers.read_paste(text) == importers.Document("text", text.strip())


@pytest.mark.parametrize(
    "content",
    [
        "Gül 90 €".encode(),
        b"\xef\xbb\xbf" + "Gül 90 €".encode(),
        b"\xff\xfe" + "Gül 90 €".encode("utf-16-le"),
        b"\xfe\xff" + "Gül 90 €".encode("utf-16-be"),
    ],
)
def test_utf_8_and_utf_16_are_read(content):
    assert importers.read_file("a.txt", content) == importers.Document("text", "Gül 90 €")


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("windows-1252", "cp1252"),
        ("iso-8859-1", "cp1252"),
        ("iso-8859-15", "iso8859-15"),
        ("utf-8", "utf-8"),
        ("gb18030", "gb18030"),
        ("gb2312", "gb18030"),
    ],
)
def test_a_page_is_decoded_as_it_declares(declared, encoding):
    page = f'<html><meta charset="{declared}"><p>Gül 90 €</p></html>'
    assert importers.read_file("a.html", page.encode(encoding)).text == "Gül 90 €"


@pytest.mark.parametrize("declared", ["utf-7", "rot13", "unicode_escape", "zlib", "no-such", "utf-16"])
def test_an_odd_declaration_is_passed_over_for_utf_8(declared):
    page = f'<html><meta charset="{declared}"><p>+ADw-b+AD4- \\x41 Gül</p></html>'
    assert importers.read_file("a.html", page.encode()).text == "+ADw-b+AD4- \\x41 Gül"


@pytest.mark.parametrize(
    ("head", "published", "precision"),
    [
        ('<meta property="article:published_time" content="2025-12-02T15:33:00Z">', (2025, 12, 2, 15, 33, 0), "minute"),
        ('<meta name="date" content="2025-12-02">', (2025, 12, 2, 23, 59, 59), "day"),
        ('<meta name="DC.date.issued" content="2025-12-02">', (2025, 12, 2, 23, 59, 59), "day"),
        ('<meta name="pubdate" content="Tue, 02 Dec 2025 15:33:00 +0100">', (2025, 12, 2, 14, 33, 0), "minute"),
        ('<time pubdate datetime="2025-12-02T15:33+00:00">today</time>', (2025, 12, 2, 15, 33, 0), "minute"),
        (
            '<script type="application/ld+json">{"@graph": [{}, {"datePublished": "2025-12-02T15:33:00Z"}]}</script>',
            (2025, 12, 2, 15, 33, 0),
            "minute",
        ),
        ('<meta name="date" content="2025-12-02T15:33:00">', (2025, 12, 2, 23, 59, 59), "day"),
        ('<meta name="date" content="2025-12-02 15:33:00">', (2025, 12, 2, 23, 59, 59), "day"),
        ('<meta name="pubdate" content="Tue, 02 Dec 2025 15:33:00 -0000">', (2025, 12, 2, 23, 59, 59), "day"),
        ('<meta name="date" content="2 December">', None, None),
        ('<meta name="date" content="2025-02-30">', None, None),
        ('<meta name="date" content="0001-01-01T00:00:00+23:59">', None, None),
        ('<meta property="article:modified_time" content="2025-12-02T15:33:00Z">', None, None),
        ('<time datetime="2025-12-02T15:33:00Z">an event</time>', None, None),
        ('<script type="application/ld+json">{"dateCreated": "2025-12-02"}</script>', None, None),
        (f'<script type="application/ld+json">{"[" * 100_000}</script>', None, None),
    ],
)
def test_only_a_field_of_publication_dates_a_page(head, published, precision):
    document = importers.read_file("a.html", f"<html><head>{head}</head><body><p>Text</p></body></html>".encode())
    assert document.published == (published and datetime(*published, tzinfo=UTC))
    assert document.precision == precision


def test_names_come_from_linked_data_where_no_meta_field_has_them():
    data = '{"datePublished": "2025-12-02", "author": [{"name": "A"}, {"name": "B"}], "publisher": {"name": "House"}}'
    page = f'<html><script type="application/ld+json">{data}</script><h1>Said</h1></html>'
    document = importers.read_file("a.html", page.encode())
    assert (document.title, document.author, document.publisher) == ("Said", "A, B", "House")


@pytest.mark.parametrize("address", ["http://a.example/", "javascript:alert(1)", "/turn", 'https://a"b', "https://a b"])
def test_only_an_https_address_is_a_source(address):
    page = f"<html><link rel=canonical href='{address}'><p>Text</p></html>"
    assert importers.read_file("a.html", page.encode()).source_url is None


def test_the_article_is_told_from_the_page_around_it():
    page = "<html><body><p>Around</p><article><header><h1>Head</h1></header><p>Inside</p></article></body></html>"
    assert importers.read_file("a.html", page.encode()).text == "# Head\n\nInside"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_saved_page_gives_its_note_and_nothing_around_it(page):
    document = importers.read_file("a.html", page.content)
    words = re.findall(r"\w+", document.text)
    assert words == re.findall(r"\w+", " ".join(page.text))
    assert all(block in document.text for block in page.text)
    assert not [text for text in FOREIGN if text in document.text and text not in page.text]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_saved_page_says_who_published_it_and_when(page):
    document = importers.read_file("a.html", page.content)
    assert (document.title, document.author, document.publisher) == (page.title, page.author, page.publisher)
    assert (document.published, document.precision) == (page.published, page.precision)


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>A turn | House</title>", "<h1>House</h1><h1>A turn</h1>", "A turn"),
        ("<title>House - A turn</title>", "<h1>A turn</h1>", "A turn"),
        ("<title>A turn - and a trend</title>", "", "A turn - and a trend"),
        ("<title>A turn</title>", "<h1>Something else</h1>", "A turn"),
        ('<title>House</title><meta name="twitter:title" content="A turn">', "", "A turn"),
    ],
)
def test_a_title_is_without_the_name_of_the_site(head, body, title):
    assert importers.read_file("a.html", f"<html><head>{head}</head>{body}<p>Text</p></html>".encode()).title == title


@pytest.mark.parametrize(
    ("head", "body", "author"),
    [
        ('<meta name="author" content="https://a.example/ada">', "", None),
        ('<meta name="dc.creator" content="Ada Rowe">', "", "Ada Rowe"),
        ("", '<a rel="author" href="/a">Ada Rowe</a>', "Ada Rowe"),
        ("", '<div itemprop="author"><b itemprop="name">Ada Rowe</b> has written since 1998.</div>', "Ada Rowe"),
        ("", '<a rel="author">Ada Rowe</a> <a rel="author">Ben Ito</a>', None),
        ("", '<b class="comment-author">Ada Rowe</b>', None),
    ],
)
def test_an_author_is_a_name_that_a_field_states(head, body, author):
    document = importers.read_file("a.html", f"<html><head>{head}</head>{body}<p>Text</p></html>".encode())
    assert document.author == author


def test_readers_of_pages_and_pdfs_load_when_they_are_needed():
    code = "import sys, sentiment.research.importers; print({'trafilatura', 'lxml', 'pypdf', 'bs4'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"set()"


def test_trafilatura_tells_our_log_nothing(caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        refused("a.html", b"<html><body></body></html>")
        importers.read_file("a.html", PAGE.encode())
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


def test_a_page_may_nest_its_tags_a_hundred_deep():
    page = b"<html><body>" + b"<div>" * 98 + b"Fear is high."
    assert importers.read_file("a.html", page).text == "Fear is high."


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"", "'a.txt' is empty"),
        ("a.txt", b" \n", "is empty"),
        ("a.txt", b"x" * 10_000_001, "10,000,001 bytes; at most 10,000,000"),
        ("a.md", b"---\ntitle: A\n---\n", "has a header and no text below it"),
        (
            "a.html",
            b"<html>" + b"x" * 4_000_000,
            "4,000,006 characters without its pictures and scripts; at most 4,000,000",
        ),
        ("a.txt", b"x" * 65_537, "65,537 characters of text; at most 65,536"),
        ("a.html", b"<p>" + b"x" * 65_537, "65,537 characters of text; at most 65,536"),
        ("a.txt", NOTE_PDF, "is a PDF inside, not what its name says"),
        ("a.md", PAGE.encode(), "is an HTML page inside"),
        ("a.pdf", b"Text", "is plain text inside"),
        ("a.html", b"Text without a tag", "is plain text inside"),
        ("a.pdf", b"---\nid: a\npublisher: P\npublished: 2026-01-02\n---\nText", "is a note with front matter inside"),
        ("a.md", b"\x89PNG\r\n\x1a\n", "is a PNG image. Markdown (.md)"),
        ("a.pdf", b"PK\x03\x04....", "is a ZIP archive, as Word and Excel files are"),
        ("a.html", b"\xff\xd8\xff\xe0", "is a JPEG image"),
        ("a.md", b"{\\rtf1 text}", "is a rich text file"),
        ("a.docx", b"Text", "ends in .docx, which is not read"),
        ("a.txt", b"caf\xe9", "byte 0xE9 at place 4 is not UTF-8"),
        ("a.txt", b"\xff\xfea", "is not UTF-16"),
        ("a.txt", b"\xff\xfe\x00\xd8", "is not UTF-16"),
        ("a.txt", b"\xff\xfe\0\0a\0\0\0", "is UTF-32"),
        ("a.txt", b"a\0b", "U+0000 at place 2"),
        ("a.html", b"<html><script>x</script></html>", "is an HTML page without text"),
        ("a.html", b"<html>" + b"<b>" * 30_000, "30,001 tags; at most 30,000"),
        ("a.html", b"<html>" + b"<div>" * 99 + b"x", "nests its tags deeper than any article"),
        ("a.pdf", b"%PDF-1.4 and no more", "is a damaged PDF"),
        ("a.pdf", NOTE_PDF[: len(NOTE_PDF) // 3], "is a damaged PDF"),
        ("a.pdf", pdf(["", ""]), "is a PDF without text, as scanned pages are"),
        ("a.pdf", pdf(*[["A"]] * 61), "has 61 pages; at most 60"),
        ("a.pdf", pdf(*[["A" * 40] * 80] * 50), "has more than 65,536 characters of text"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(name, content, says):
    assert says in refused(name, content)


@pytest.mark.parametrize(("pasted", "says"), [(" \n", "nothing was pasted"), ("a\ud800", "U+D800"), ("a\0", "U+0000")])
def test_what_cannot_be_kept_is_no_paste(pasted, says):
    with pytest.raises(InputError, match=says.replace("+", r"\+")):
        importers.read_paste(pasted)


def test_the_longest_text_is_that_of_every_other_reader():
    assert importers.MAX_TEXT == text.MAX_TEXT
    assert importers.read_paste("x" * text.MAX_TEXT).text == "x" * text.MAX_TEXT


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
@pytest.mark.parametrize(("password", "opens"), [("", True), ("secret", False)])
def test_a_pdf_that_only_its_owner_may_change_is_read_and_one_with_a_password_is_named(algorithm, password, opens):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(NOTE_PDF))
    writer.encrypt(password, "owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    if opens:
        assert importers.read_file("a.pdf", out.getvalue()) == importers.read_file("a.pdf", NOTE_PDF)
    else:
        assert "is a PDF with a password" in refused("a.pdf", out.getvalue())


@pytest.mark.parametrize(
    "rubbish",
    [
        "(anonymous)",
        "untitled",
        "Untitled-1",
        "Microsoft Word - note.docx",
        "Microsoft PowerPoint - deck",
        "weekly.indd",
        "report_v7_FINAL.docx",
        "PowerPoint Presentation",
        "Slide 1",
        "Document1",
        "note.tex",
        "about:blank",
        "7",
        "--",
        "x",
    ],
)
def test_a_title_that_a_program_wrote_is_none(rubbish):
    document = importers.read_file("a.pdf", with_metadata(rubbish, "(anonymous)"))
    assert (document.title, document.author) == (None, None)


@pytest.mark.parametrize(
    "title", ["Word on the street", "Document what you sell", "Fear without leverage", "Q4 outlook", "Print money"]
)
def test_a_title_that_a_person_wrote_is_kept(title):
    document = importers.read_file("a.pdf", with_metadata(title, "Ada Rowe"))
    assert (document.title, document.author) == (title, "Ada Rowe")


def with_metadata(title, author):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(NOTE_PDF))
    writer.add_metadata({"/Title": title, "/Author": author})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _bomb():
    return pdf(["x"], stream=zlib.compress(b"0 " * 20_000_000, 9), filters=b"/Filter /FlateDecode")


def _twice_packed():
    packed = zlib.compress(zlib.compress(b"0 " * 40_000_000, 9), 9)
    return pdf(["x"], stream=packed, filters=b"/Filter [/FlateDecode /FlateDecode]")


def _many_operators():
    return pdf(*[["x"]] * 60, stream=zlib.compress(b"q Q " * 900_000), filters=b"/Filter /FlateDecode")


def _nested():
    return pdf(["x"], stream=b"[" * 400_000)


def _huge_xref():
    return NOTE_PDF.replace(b"xref\n0 9", b"xref\n0 999999999")


def _page_loop():
    return NOTE_PDF.replace(b"/Kids [5 0 R", b"/Kids [2 0 R")


@pytest.mark.parametrize("hostile", [_bomb, _twice_packed, _many_operators, _nested, _page_loop, _huge_xref])
def test_a_hostile_pdf_ends_in_an_error_soon(hostile):
    start = time.process_time()
    refused("a.pdf", hostile())
    assert time.process_time() - start < 20


def test_a_bomb_is_stopped_where_it_unpacks():
    assert "unpacks to more than a note holds" in refused("a.pdf", _bomb())


def test_a_hyphen_before_a_capital_stays():
    assert (
        importers.read_file("a.pdf", pdf(["A fall in mid-", "October was deep."])).text
        == "A fall in mid- October was deep."
    )


def test_the_clock_stops_a_pdf_within_a_page(monkeypatch):
    from sentiment.research.importers import pdf as reading  # noqa: PLC0415 - loads pypdf

    monkeypatch.setattr(reading, "SECONDS", -1.0)
    assert "takes over" in refused("a.pdf", NOTE_PDF)


@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        "<a ",
        '<a b="',
        "</",
        "<p>",
        "<b></i>",
        "<?",
        "<![CDATA[",
        "&#x41;",
        "<!-- -->",
        "-- >",
        "<p \n",
        "<p>word ",
        "<div><p>a b c d e f</p></div>",
        "<i hidden>x</i>y",
        "<ul><li>x</ul>",
        "<br>x",
        '<a rel="author">x</a>',
    ],
)
def test_hostile_markup_takes_time_in_step_with_its_length(piece):
    def read(tags):
        with contextlib.suppress(InputError):
            importers.read_file("a.html", b"<html>x" + piece.encode() * tags)

    assert growth.in_step(read, 24_000, floor=0.002)


def test_pypdf_tells_our_log_nothing(caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        refused("a.pdf", NOTE_PDF[: len(NOTE_PDF) // 2])
        refused("a.pdf", b"%PDF-1.4\n" + bytes(range(1, 256)) * 20 + b"startxref\n99\n%%EOF")
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


SOURCES = {
    "a.pdf": NOTE_PDF,
    "a.html": PAGE.encode(),
    "news.html": PAGES[0].content,
    "a.md": b"---\ntitle: A\n---\nText\n",
}
QUIET = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@QUIET
@given(st.sampled_from(["a.pdf", "a.html", "a.txt", "a", "."]), st.binary(max_size=400), st.booleans())
def test_any_bytes_are_read_or_refused(name, content, headed):
    heads = {"a.pdf": b"%PDF-1.7\n", "a.html": b"<html>"}
    try:
        document = importers.read_file(name, heads.get(name, b"") * headed + content)
    except InputError:
        return
    assert document.text.strip()


@QUIET
@given(st.sampled_from(sorted(SOURCES)), st.data())
def test_a_mutated_file_is_read_or_refused(name, data):
    content = bytearray(SOURCES[name])
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content)))
        cut = data.draw(st.integers(0, 12))
        content[at : at + cut] = data.draw(
            st.one_of(
                st.binary(max_size=6),
                st.sampled_from(
                    [b"2 0 R", b"null", b"<<", b">>", b"[", b"-1", b"99999999999", b"/Kids", b"<div>", b"<!--"]
                ),
            )
        )
    try:
        importers.read_file(name, bytes(content))
    except InputError:
        return


def test_a_page_saved_with_its_pictures_is_read_by_its_words():
    picture = "<img src='data:image/png;base64," + "A" * 400_000 + "'>"
    bulk = "<style>" + "p{}" * 50_000 + "</style><script>" + "if(a<b){}" * 100_000 + "</script>"
    saved = PAGE.replace("<body>", f"<body>{bulk}{picture * 10}", 1)
    assert len(saved) > 5_000_000
    assert importers.read_file("a.html", saved.encode()).text == importers.read_file("a.html", PAGE.encode()).text


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_saved_page_is_read_as_its_check_demands(page):
    covered, foreign, facts = checked(page)
    assert covered >= 0.9
    assert foreign <= 0.3
    assert all(facts.values()), facts


def test_what_is_left_out_of_a_page_is_told():
    document = importers.read_file("a.html", NEWS.content)
    assert document.left_out
    assert not any(block in document.text for block in document.left_out)
    comments = f"<div id='comments'>{f'<div class=comment><p>{COMMENT} {COMMENT}</p></div>' * 300}</div>"
    body = "".join(f"<p>{block}</p>" for block in NEWS.text)
    many = importers.read_file("a.html", f"<html><body><div>{body}</div>{comments}</body></html>".encode())
    assert len(many.left_out) <= 100
