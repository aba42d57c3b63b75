"""The versions of the database's tables, each a script that Alembic runs once; `store` starts it."""
