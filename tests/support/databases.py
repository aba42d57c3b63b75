"""A place for notes on SQLite or on a real PostgreSQL server, of one test alone."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import make_url

from sentiment.research import database

ADMIN = os.environ.get("SENTIMENT_TEST_DATABASE_URL")

# A busy machine is no frozen server: what is about the wait for one sets a short one itself.
WAIT = 120.0


def server():
    if ADMIN:
        return make_url(ADMIN).set(drivername="postgresql")
    if os.environ.get("REQUIRE_POSTGRES") == "1":
        pytest.fail("REQUIRE_POSTGRES=1, and SENTIMENT_TEST_DATABASE_URL names no server")
    return pytest.skip("SENTIMENT_TEST_DATABASE_URL names no PostgreSQL server")


def shown(url):
    return url.render_as_string(hide_password=False)


@contextmanager
def a_database(kind, folder, patch):
    """An empty place for notes, whose answers are waited for; `run` executes SQL behind the program's back."""
    patch.setattr(database, "_READ_WAIT", WAIT)
    patch.setenv("SENTIMENT_DATA_DIR", str(folder))
    if kind == "sqlite":

        def run(statement):
            with closing(sqlite3.connect(folder / "notes.sqlite")) as connection:
                found = connection.execute(statement).fetchall()
                connection.commit()
                return found

        yield SimpleNamespace(kind=kind, run=run)
        return
    import psycopg  # noqa: PLC0415 - optional

    own = server().set(database=f"sentiment_test_{uuid4().hex}", query={"connect_timeout": f"{WAIT:.0f}"})

    def run(statement, url=own):
        with psycopg.connect(shown(url), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    run(f"CREATE DATABASE {own.database} TEMPLATE template0", server())
    patch.setenv("SENTIMENT_DATABASE_URL", shown(own))
    try:
        yield SimpleNamespace(kind=kind, run=run, url=own)
    finally:
        forget_engines()
        run(f"DROP DATABASE {own.database} WITH (FORCE)", server())


def forget_engines():
    held = vars(database)["_engines"]
    for engine in held.values():
        engine.dispose()
    held.clear()
    vars(database)["_down"].clear()
