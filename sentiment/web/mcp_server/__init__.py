"""The tables as tools of an assistant, by the Model Context Protocol (MCP): read only, for programs on this machine.

In: the name of a tool and its arguments. Out: the rows of command line and API, with citation and frozen link. `arguments` reads what is
asked for, `answers` answers it, `tools` describes it; only `protocol` imports the SDK, which is an extra.
"""
