"""Research notes: reading texts, storing notes with every version, checking their claims and grading their calls.

In: Markdown notes, pasted texts, PDFs and web pages. Out: `Note` records as known at an instant, the annotations of a
text, check results and graded calls. `__all__` names the modules that other rooms may import.
"""

__all__ = [
    "call_clock",
    "call_record",
    "call_rules",
    "claim_checks",
    "corrections",
    "database",
    "draft",
    "editions",
    "fetching",
    "followed",
    "frontmatter",
    "grading",
    "importers",
    "inbox",
    "inbox_copy",
    "inbox_rows",
    "library",
    "note_search",
    "note_versions",
    "public_calls",
    "second_reader",
    "sources",
    "store",
    "text",
    "web_address",
]
