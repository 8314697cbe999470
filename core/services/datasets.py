"""Datasets: tables of inputs, read from files and kept."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any, BinaryIO

from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.records import DatasetRecord
from core.services.dataset_files import Survey, Wanted, rows_of, survey
from core.services.texts import storable
from core.store import datasets as store
from core.store.database import Database

AT_ONCE = 500
LONGEST_NAME = 200


class DatasetService:
    """Read tables of inputs, keep them, and give out their rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look_through(self, source: BinaryIO, *, name: str = "", wanted: Wanted | None = None) -> Survey:
        """What is in a file, before anything is stored; `name` is the file's. Raises InvalidInputError."""
        return survey(source, name, wanted)

    def add(self, source: BinaryIO, found: Survey, *, name: str) -> DatasetRecord:
        """Keep a file that was looked through, all of it or nothing."""
        return self.add_rows(rows_of(source, found), columns=found.columns, name=name)

    def add_rows(self, rows: Iterable[dict[str, Any]], *, columns: list[str], name: str) -> DatasetRecord:
        """Keep rows. Raises InvalidInputError when there are none."""
        with self._database.session() as db:
            added = store.add_dataset(db, name=clean_name(name) or "Dataset", columns=columns, rows=rows)
            if not added.rows:
                raise InvalidInputError("There are no rows.", hint="Give at least one input.")
        return added

    def all(self) -> list[DatasetRecord]:
        """The newest 200."""
        with self._database.read() as db:
            return store.datasets(db)

    def get(self, dataset_id: str) -> DatasetRecord:
        """One dataset. Raises NotFoundError."""
        with self._database.read() as db:
            found = store.dataset(db, dataset_id)
        if found is None:
            raise NotFoundError("dataset", dataset_id)
        return found

    def first_rows(self, dataset_id: str, *, limit: int = 20) -> list[dict[str, Any]]:
        """Its first rows."""
        with self._database.read() as db:
            return store.lines(db, dataset_id, limit=limit)

    def rows(self, dataset_id: str) -> Iterator[dict[str, Any]]:
        """All rows, a few at a time."""
        after = 0
        while True:
            with self._database.read() as db:
                some = store.lines(db, dataset_id, after=after, limit=AT_ONCE)
            yield from some
            if len(some) < AT_ONCE:
                return
            after += AT_ONCE

    def delete(self, dataset_id: str) -> None:
        """Forget a dataset. Raises NotFoundError, or ConflictError while a batch has it."""
        self.get(dataset_id)
        with self._database.session() as db:
            if batches := store.uses(db, dataset_id):
                raise ConflictError(
                    f"This dataset is the input of {batches} {'batch' if batches == 1 else 'batches'}.",
                    hint="Delete them first; what is being deleted is gone in a moment.",
                )
            store.remove(db, dataset_id)


def as_source(text: str) -> BinaryIO:
    """A pasted text as a file. Raises InvalidInputError."""
    return BytesIO(storable(text).encode())


def clean_name(name: str) -> str:
    """A name on one line."""
    return storable(" ".join(name.split())[:LONGEST_NAME])
