"""What Alembic runs to upgrade: on the connection that `store` hands over, inside the transaction it has locked."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
)
with context.begin_transaction():
    context.run_migrations()
