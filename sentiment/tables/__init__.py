"""Tables: each is one record in `records`, read by the page's buttons, the command line, the API and docs/columns.md.

In: scores, notes, calls, evidence. Out: data frames of fixed columns, and the same CSV bytes for the page, the command
line and the API. `__all__` names the modules that other rooms may import.
"""

__all__ = [
    "answer",
    "archive",
    "call_tables",
    "chart_tables",
    "export",
    "metadata",
    "note_tables",
    "notebook",
    "record",
    "records",
    "registry",
    "withholding",
    "workbook",
]
