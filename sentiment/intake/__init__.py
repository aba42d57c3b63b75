"""A file or paste from outside to plain text: Markdown, text, HTML and PDF, told apart by what is in them.

Nothing is fetched and nothing is guessed: a title, an author or a day of publication is what the file itself says.
`page.py` reads HTML, `pdf.py` PDF, and every file that cannot be read is an `InputError` that says why.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from sentiment.errors import InputError
from sentiment.intake.document import Document

__all__ = ["MAX_BYTES", "MAX_TEXT", "Document", "read_file", "read_paste"]

MAX_BYTES: Final = 1_000_000
MAX_TEXT: Final = 65_536  # as `sentiment.text` and a note's file take it; a test holds them together
READABLE: Final = "Markdown (.md), text (.txt), HTML (.html) and PDF (.pdf) can be read"
_EXTENSIONS: Final = {
    "md": {"text", "note"}, "markdown": {"text", "note"}, "txt": {"text", "note"}, "text": {"text", "note"},
    "html": {"html"}, "htm": {"html"}, "xhtml": {"html"}, "pdf": {"pdf"}, "": {"text", "note", "html", "pdf"},
}  # fmt: skip
_CALLED: Final = {"text": "plain text", "note": "a note with front matter", "html": "an HTML page", "pdf": "a PDF"}
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
_FRONT_MATTER: Final = re.compile(r"---[ \t]*\n\s*[A-Za-z_][\w-]*[ \t]*:.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)
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


def read_file(name: str, content: bytes) -> Document:
    """Read an uploaded file.

    Parameters
    ----------
    name : str
        Its name, for messages and to see whether it says what the content is.
    content : bytes
        The whole file.

    Raises
    ------
    InputError
        If it is too large, is no readable format or another than its name says, is damaged, encrypted or without text.
    """
    called = f"the file {_quoted(name)}"
    if not content.strip():
        raise InputError(f"{called} is empty; choose a file with text")
    if len(content) > MAX_BYTES:
        raise InputError(f"{called} has {len(content):,} bytes; at most {MAX_BYTES:,} are read: choose a smaller one")
    if found := _foreign(content):
        raise InputError(f"{called} is {found}. {READABLE}")
    if content[:1024].lstrip().startswith(b"%PDF-"):
        _check_name(name, "pdf", called)
        from sentiment.intake.pdf import read_pdf  # noqa: PLC0415 - pypdf takes a moment to load

        return _fitting(read_pdf(content, called, MAX_TEXT), called)
    text = _decoded(content, called)
    if not text.strip():
        raise InputError(f"{called} is empty; choose a file with text")
    if _is_page(name, text):
        _check_name(name, "html", called)
        from sentiment.intake.page import read_page  # noqa: PLC0415 - so does trafilatura

        return _fitting(read_page(text, called), called)
    document = _written(text)
    _check_name(name, document.kind, called)
    return _fitting(document, called)


def read_paste(text: str) -> Document:
    """Read what somebody pasted: Markdown or plain text, or a whole note with its front matter.

    Raises
    ------
    InputError
        If it is empty, too long, or holds a character that no database keeps.
    """
    if not text.strip():
        raise InputError("nothing was pasted; paste the text of a note")
    _check_characters(text, "the pasted text")
    return _fitting(_written(text), "the pasted text")


def _written(text: str) -> Document:
    if _FRONT_MATTER.match(text.replace("\r\n", "\n")):
        return Document("note", text)
    return Document("text", text.replace("\r\n", "\n").replace("\r", "\n").strip())


def _fitting(document: Document, called: str) -> Document:
    if len(document.text) > MAX_TEXT:
        raise InputError(
            f"{called} has {len(document.text):,} characters of text; at most {MAX_TEXT:,} are read: shorten or split it"
        )
    return document


def _quoted(name: str) -> str:
    shown = name if len(name) <= 60 else f"{name[:60]}…"  # noqa: PLR2004 - fits a message
    return repr(shown)


def _foreign(content: bytes) -> str:
    """Name a format that is told by its first bytes and cannot be read; empty for all others."""
    if content[4:8] == b"ftyp":
        return "a video or an image (MP4)"
    return next((called for magic, called in _MAGIC if content.startswith(magic)), "")


def _check_name(name: str, kind: str, called: str) -> None:
    stem, dot, extension = name.rpartition(".")
    kinds = _EXTENSIONS.get(extension.lower() if dot and stem else "")
    if kinds is None:
        raise InputError(f"{called} ends in .{extension[:20]}, which is not read. {READABLE}")
    if kind not in kinds:
        raise InputError(f"{called} is {_CALLED[kind]} inside, not what its name says; rename it. {READABLE}")


def _is_page(name: str, text: str) -> bool:
    """Whether a text is HTML: it opens as a page does, or calls itself one and has tags."""
    head = text[:_SNIFFED]
    called_page = _EXTENSIONS.get(name.rpartition(".")[2].lower()) == {"html"}
    return bool(_PAGE.match(head) or (called_page and _TAG.search(text)))


def _decoded(content: bytes, called: str) -> str:
    """Decode by the byte order mark, else as UTF-8, else as a page declares; never by a guess."""
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise InputError(f"{called} is UTF-32; save it as UTF-8")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(content, "utf-16", called)
    declared = _declared(content)
    text = _strictly(content, declared or "utf-8-sig", called)
    return text.removeprefix("\ufeff")


def _declared(content: bytes) -> str | None:
    """Return the encoding that an HTML page declares, as browsers read it, if it is a text encoding and not UTF-8."""
    match = None if content.startswith(codecs.BOM_UTF8) else _CHARSET.search(content[:_SNIFFED])
    try:
        name = codecs.lookup((match[1] or match[2]).decode("ascii")).name if match else "utf-8"
    except (LookupError, ValueError):  # no such codec, or no name at all
        return None
    name = _SUPERSETS.get(name, name)
    return name if _ENCODINGS.fullmatch(name) and name != "utf-8" else None


def _strictly(content: bytes, encoding: str, called: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        shown = encoding.removesuffix("-sig").upper()
        byte = content[error.start] if error.start < len(content) else 0
        raise InputError(
            f"{called}: byte 0x{byte:02X} at place {error.start + 1:,} is not {shown}; save the file as UTF-8. {READABLE}"
        ) from None
    _check_characters(text, called)
    return text


def _check_characters(text: str, called: str) -> None:
    if unfit := re.search("[\0\ud800-\udfff]", text):
        where = f"U+{ord(unfit[0]):04X} at place {unfit.start() + 1:,}"
        raise InputError(f"{called} holds a character that no text has ({where}); remove it. {READABLE}")
