"""Turn a file or pasted text into a `Document`: Markdown, plain text, HTML or PDF, recognised by content.

In: a file's name and bytes, or a text. Out: its plain text, and the title, author, publisher and day it states itself.
Nothing is fetched and nothing is guessed. A file that cannot be read raises an `InputError` that says why.
`page.py` reads HTML with `page_facts.py`, `pdf.py` reads PDF, `header.py` the header that other programs put
above a text, `dateline.py` its first lines.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from sentiment.errors import InputError
from sentiment.research.importers import dateline, header
from sentiment.research.importers.document import Document

__all__ = ["MAX_BYTES", "MAX_TEXT", "Document", "markup_text", "read_file", "read_paste"]

MAX_BYTES: Final = 10_000_000
MAX_TEXT: Final = 65_536  # the limit of `sentiment.research.text` and of a note's file; a test keeps them equal
_READABLE: Final = "Markdown (.md), text (.txt), HTML (.html) and PDF (.pdf) can be read"
_EXTENSIONS: Final = {
    "md": {"text", "note"}, "markdown": {"text", "note"}, "txt": {"text", "note"}, "text": {"text", "note"},
    "html": {"html"}, "htm": {"html"}, "xhtml": {"html"}, "pdf": {"pdf"}, "": {"text", "note", "html", "pdf"},
}  # fmt: skip
_KIND_NAMES: Final = {"text": "plain text", "note": "a note with front matter", "html": "an HTML page", "pdf": "a PDF"}
_MAGIC: Final = (
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "an image or a sound (RIFF)"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"PK\x03\x04", "a ZIP archive, as Word and Excel files are"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file"),
    (b"{\\rtf", "a rich text file (RTF)"),
    (b"%!PS", "a PostScript file"),
    (b"SQLite format 3", "a SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program for Windows"),
)
_PAGE: Final = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_TAG: Final = re.compile(
    r"</?(?:p|div|span|br|h[1-6]|ul|ol|li|table|a|article|section|title|meta)\b[^<>]*>", re.IGNORECASE
)
_ENCODINGS: Final = re.compile(
    r"utf-8|ascii|cp125\d|iso8859-\d+|koi8-[ru]|mac-roman|shift_jis|cp932|euc_(jp|kr)|cp949|gbk|gb2312|gb18030|big5hkscs"
)
_CHARSET: Final = re.compile(
    rb"""<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})|\A\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([\w.:-]{1,40})""",
    re.IGNORECASE,
)
# What browsers decode instead (WHATWG Encoding Standard): pages that declare the smaller set use the larger one.
_SUPERSETS: Final = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
    "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
_SNIFFED: Final = 4_096
_NAME_SHOWN: Final = 60  # characters of a file's name in a message


def read_file(name: str, content: bytes, *, called: str = "", charset: str = "") -> Document:
    """Read an uploaded or fetched file.

    Parameters
    ----------
    name : str
        The file's name: quoted in messages, and its extension must match the content.
    content : bytes
        The whole file.
    called : str
        What messages call it, in place of its name.
    charset : str
        The encoding that came with it, as a server says it; it goes before that of the page itself.

    Raises
    ------
    InputError
        If the file is too large, has an unknown format or one that its name contradicts, or is damaged, encrypted or
        without text.
    """
    called = called or f"the file {_quoted(name)}"
    if not content.strip():
        raise InputError(f"{called} is empty; choose a file with text")
    if len(content) > MAX_BYTES:
        raise InputError(f"{called} has {len(content):,} bytes; at most {MAX_BYTES:,} are read: choose a smaller one")
    if foreign_format := _foreign_format(content):
        raise InputError(f"{called} is {foreign_format}. {_READABLE}")
    if content[:1024].lstrip().startswith(b"%PDF-"):
        _check_name(name, "pdf", called)
        from sentiment.research.importers.pdf import read_pdf  # noqa: PLC0415 - pypdf takes a moment to load

        return _checked_length(read_pdf(content, called, MAX_TEXT), called)
    text = _decoded(content, called, charset)
    if not text.strip():
        raise InputError(f"{called} is empty; choose a file with text")
    if _is_page(name, text):
        _check_name(name, "html", called)
        from sentiment.research.importers.page import read_page  # noqa: PLC0415 - so does trafilatura

        return _checked_length(read_page(text, called), called)
    document = _from_text(text)
    _check_name(name, document.kind, called)
    return _checked_length(_with_text(document, called), called)


def markup_text(markup: str, called: str) -> str:
    """Return the visible text of a piece of HTML that is all note, such as an entry of a feed.

    Raises
    ------
    InputError
        If it has more tags or nests deeper than any article.
    """
    from sentiment.research.importers.page import read_fragment  # noqa: PLC0415 - trafilatura takes a moment to load

    return read_fragment(markup, called)


def read_paste(text: str) -> Document:
    """Read pasted text: Markdown or plain text, or a whole note with its front matter.

    Raises
    ------
    InputError
        If the text is empty, too long, or holds a character that no database stores.
    """
    if not text.strip():
        raise InputError("nothing was pasted; paste the text of a note")
    _check_characters(text, "the pasted text")
    return _checked_length(_with_text(_from_text(text), "the pasted text"), "the pasted text")


def _from_text(text: str) -> Document:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if header.is_ours(plain):
        return Document("note", text)
    found = header.foreign_header(plain)
    return (
        Document("text", plain.strip(), **dateline.stated(plain))
        if found is None
        else Document("text", plain[found.end :].strip(), **found.stated)
    )


def _with_text(document: Document, called: str) -> Document:
    if not document.text:
        raise InputError(f"{called} has a header and no text below it; write or paste the text too")
    return document


def _checked_length(document: Document, called: str) -> Document:
    if len(document.text) > MAX_TEXT:
        raise InputError(
            f"{called} has {len(document.text):,} characters of text; at most {MAX_TEXT:,} are read: shorten or split it"
        )
    return document


def _quoted(name: str) -> str:
    return repr(name if len(name) <= _NAME_SHOWN else f"{name[:_NAME_SHOWN]}…")


def _foreign_format(content: bytes) -> str:
    """Name an unreadable format by the file's first bytes; empty for all others."""
    if content[4:8] == b"ftyp":
        return "a video or an image (MP4)"
    return next((format_name for magic, format_name in _MAGIC if content.startswith(magic)), "")


def _check_name(name: str, kind: str, called: str) -> None:
    stem, dot, extension = name.rpartition(".")
    kinds = _EXTENSIONS.get(extension.lower() if dot and stem else "")
    if kinds is None:
        raise InputError(f"{called} ends in .{extension[:20]}, which is not read. {_READABLE}")
    if kind not in kinds:
        raise InputError(f"{called} is {_KIND_NAMES[kind]} inside, not what its name says; rename it. {_READABLE}")


def _is_page(name: str, text: str) -> bool:
    """Whether a text is HTML: it starts like a page, or its name says so and it has tags."""
    head = text[:_SNIFFED]
    named_html = _EXTENSIONS.get(name.rpartition(".")[2].lower()) == {"html"}
    return bool(_PAGE.match(head) or (named_html and _TAG.search(text)))


def _decoded(content: bytes, called: str, charset: str) -> str:
    """Decode by the byte order mark, else as the server says, else by the page's declaration, else as UTF-8; never by a guess."""
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise InputError(f"{called} is UTF-32; save it as UTF-8")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded_as(content, "utf-16", called)
    declared = _known_encoding(charset) or _declared_encoding(content)
    text = _decoded_as(content, declared or "utf-8-sig", called)
    return text.removeprefix("\ufeff")


def _declared_encoding(content: bytes) -> str | None:
    """Return the encoding that an HTML page declares, as browsers read it, if it is a text encoding and not UTF-8."""
    match = None if content.startswith(codecs.BOM_UTF8) else _CHARSET.search(content[:_SNIFFED])
    name = (match[1] or match[2]).decode("ascii", "replace") if match else "utf-8"
    found = _known_encoding(name)
    return found if found != "utf-8" else None


def _known_encoding(name: str) -> str | None:
    """Return the codec of a text encoding of that name, as browsers read it; None if there is none."""
    try:
        found = codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):  # an unknown codec or an invalid name
        return None
    found = _SUPERSETS.get(found, found)
    return found if _ENCODINGS.fullmatch(found) else None


def _decoded_as(content: bytes, encoding: str, called: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        shown = encoding.removesuffix("-sig").upper()
        byte = content[error.start] if error.start < len(content) else 0
        raise InputError(
            f"{called}: byte 0x{byte:02X} at place {error.start + 1:,} is not {shown}; save the file as UTF-8. {_READABLE}"
        ) from None
    _check_characters(text, called)
    return text


def _check_characters(text: str, called: str) -> None:
    if match := re.search("[\0\ud800-\udfff]", text):
        where = f"U+{ord(match[0]):04X} at place {match.start() + 1:,}"
        raise InputError(f"{called} contains a character that no text has ({where}); remove it. {_READABLE}")
