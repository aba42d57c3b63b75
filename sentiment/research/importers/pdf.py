"""A PDF as text: its pages as paragraphs, with a limit on everything that a hostile file could inflate."""

from __future__ import annotations

import io
import logging
import re
import struct
import time
import zlib
from typing import TYPE_CHECKING, Any, Final

from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, DeprecationError, LimitReachedError, PyPdfError

from sentiment.errors import InputError
from sentiment.research.importers import dateline
from sentiment.research.importers.document import Document, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PAGES: Final = 60
SECONDS: Final = 10.0  # a note of sixty pages takes two seconds
_STREAM: Final = 4_000_000  # unpacked bytes of one stream
_LIMITS: Final[dict[str, Any]] = {
    "maximum_declared_stream_length": _STREAM,
    "array_based_stream_maximum_output_length": _STREAM,
    "lzw_maximum_output_length": _STREAM,
    "run_length_maximum_output_length": _STREAM,
    "zlib_maximum_output_length": _STREAM,
    "zlib_maximum_recovery_input_length": 100_000,
    "stream_decoding_work_maximum_length": 4 * _STREAM,
    "stream_parsing_work_maximum_count": 200_000,
    "stream_filters_maximum_length": 4,
    "array_maximum_element_count": 50_000,
    "dictionary_maximum_element_count": 50_000,
    "page_tree_maximum_entries": 1_000,
    "page_tree_maximum_page_entries": 10_000,
    "page_tree_maximum_depth": 50,
    "xform_maximum_invocations_per_extraction": 200,
    "jbig2dec_binary": None,  # never start a program
}
_OBJECTS: Final = 50_000
# pypdf documents that a broken file may raise errors other than its own; fuzzing broken files raised these.
_DAMAGED: Final = (
    PyPdfError,
    DependencyError,
    DeprecationError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
_INVALID: Final = re.compile("[\0\ud800-\udfff]")
_BULLET: Final = re.compile(r"[•▪◦‣·●■–—*-]\s+(?=\S)")
_NUMBERED: Final = re.compile(r"\d{1,2}[.)]\s+\S")
_PAGE_NUMBER: Final = re.compile(r"(?:page\s+)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?", re.IGNORECASE)
_NO_NAME: Final = re.compile(
    r"\(?(?:anonymous|unspecified|unknown|none|null|untitled[\w -]*|no title|user\d*|owner|admin(?:istrator)?|author|default)\)?"
    r"|(?:microsoft (?:word|powerpoint|excel|publisher)|(?:word|print|adobe|layout|folie|slide|page|document|dokument|presentation))"
    r"(?: ?- .*| ?\d+| presentation)?"
    r"|powerpoint presentation|pptx? presentation|about:blank|\W*|\d+|.{1,2}"
    r"|.*\.(?:docx?|dotx?|pptx?|xlsx?|odt|ods|odp|rtf|pages|key|numbers|indd|qxd|qxp|pub|pmd|tex|dvi|ps|eps|pdf|html?|aspx?|php|tmp|txt|md)",
    re.IGNORECASE,
)
_SHORT: Final = 0.75  # of a full line's length: a shorter line that ends a sentence ends its paragraph


def read_pdf(content: bytes, called: str, longest: int) -> Document:
    """Read the text of a PDF.

    Parameters
    ----------
    content : bytes
        The whole file.
    called : str
        What error messages call the file.
    longest : int
        The most characters of text that the caller accepts.

    Raises
    ------
    InputError
        If the PDF is encrypted, damaged or without text, or takes more pages, space or time than a note does.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)  # faults of someone's file do not belong in our log
    try:
        with apply_configuration(**_LIMITS):
            reader = PdfReader(io.BytesIO(content), xref_stream_maximum_entries=_OBJECTS)
            if reader.is_encrypted and not reader.decrypt(""):
                raise InputError(f"{called} is a PDF with a password; save a copy without one, or paste its text")
            lines = _lines(reader, called, longest)
            metadata: Any = reader.metadata or {}
            title, author = (_named(metadata.get(name)) for name in ("/Title", "/Author"))
    except LimitReachedError:
        raise InputError(
            f"{called} unpacks to more than a note holds; print it to a new PDF, or paste its text"
        ) from None
    except _DAMAGED:
        raise InputError(f"{called} is a damaged PDF; print it to a new PDF, or paste its text") from None
    text = _INVALID.sub("\ufffd", _paragraphs(lines))
    if not any(character.isalnum() for character in text):
        raise InputError(
            f"{called} is a PDF without text, as scanned pages are; run text recognition, or paste its text"
        )
    first = dateline.stated(text)
    return Document("pdf", text, title=title, **first | ({"author": author} if author else {}))


def _named(stated: object) -> str | None:
    """Return a stated title or author in one line; None for what programs write there of their own accord."""
    line = one_line(stated)
    return None if line is None or _NO_NAME.fullmatch(line) else line


def _lines(reader: PdfReader, called: str, longest: int) -> list[str]:
    if (pages := len(reader.pages)) > MAX_PAGES:
        raise InputError(f"{called} has {pages:,} pages; at most {MAX_PAGES} are read: save the pages that matter")
    deadline = time.monotonic() + SECONDS

    def check_time(*_: Any) -> None:  # noqa: ANN401 - pypdf passes its visitors five things
        if time.monotonic() > deadline:
            raise InputError(f"{called} takes over {SECONDS:g} s to read; print it to a new PDF, or paste its text")

    lines: list[str] = []
    size = 0
    for page in reader.pages:
        check_time()
        text = page.extract_text(visitor_operand_before=check_time)
        size += len(text)
        if size > 2 * longest:
            raise InputError(f"{called} has more than {longest:,} characters of text; save the pages that matter")
        lines += _body(text)
    return lines


def _body(text: str) -> Iterator[str]:
    """Yield a page's lines without the page number at the top or bottom."""
    lines = [" ".join(line.split()) for line in text.replace("\u00ad\n", "").split("\n")]
    while lines and (not lines[-1] or _PAGE_NUMBER.fullmatch(lines[-1])):
        lines.pop()
    start = next((k for k, line in enumerate(lines) if line and not _PAGE_NUMBER.fullmatch(line)), 0)
    yield from lines[start:]


def _paragraphs(lines: list[str]) -> str:
    """Join wrapped lines; a hyphen at the end of a line is dropped if a lower-case letter follows."""
    lengths = sorted(map(len, filter(None, lines)))
    width = lengths[len(lengths) * 9 // 10] if lengths else 0
    blocks: list[str] = []
    last = ""
    for line in lines:
        if not line:
            last = ""
            continue
        item = _BULLET.match(line)
        block = f"- {line[item.end() :]}" if item else line
        if not last or item or _NUMBERED.match(line) or _ends(last, line, width):
            blocks.append(block)
        elif last.endswith("-") and last[-2:-1].isalpha() and line[0].islower():
            blocks[-1] = blocks[-1][:-1] + line
        else:
            blocks[-1] += f" {line}"
        last = line
    return re.sub(r"^(- .*)\n(?=\n- )", r"\1", "\n\n".join(blocks), flags=re.MULTILINE)


def _ends(last: str, line: str, width: int) -> bool:
    """Whether the paragraph ends after `last`: it is short and `line` does not start in lower case."""
    starts_anew = not line[0].islower()
    return (
        starts_anew
        and len(last) < _SHORT * width
        and (last[-1] in ".!?:" or not last[-1].isalnum() or line[0].isupper())
    )
