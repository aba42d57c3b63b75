"""The server: the dashboard and its views, links, the HTTP API, the tools of assistants, the report, and the middleware in front of them.

In: requests and what viewers choose. Out: pages, answers and reports. `views` holds one module a view, `page` what they share.
`__all__` names the modules that other rooms may import.
"""

__all__ = [
    "access",
    "alerts",
    "api",
    "links",
    "mcp_server",
    "page",
    "pictures",
    "preview_tags",
    "report",
    "security",
    "site",
    "streamlit_state",
    "table_forms",
    "table_writing",
    "tidy_links",
]
