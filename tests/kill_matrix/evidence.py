"""What is kept of a try that went wrong on a database server."""

from pathlib import Path

import psycopg
from psycopg import sql


def write_tables(address: str, folder: Path) -> None:
    """Each table of the database as a CSV file in the folder."""
    with psycopg.connect(address) as db:
        names = [name for (name,) in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        for name in names:
            with (folder / f"{name}.csv").open("wb") as file, db.cursor().copy(_copy(name)) as copy:
                for block in copy:
                    file.write(block)


def _copy(table: str) -> sql.Composed:
    return sql.SQL("COPY {} TO STDOUT WITH CSV HEADER").format(sql.Identifier(table))
