"""The sample database: a made-up shop whose orders, refunds and tickets the tools really read and write."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from threading import Lock
from typing import Any

import yaml

SEED_VERSION = 2
BUSY_TIMEOUT_SECONDS = 10
_TABLES = (
    "articles",
    "stock_orders",
    "products",
    "replacements",
    "order_notes",
    "status_updates",
    "refunds",
    "invoices",
    "payments",
    "orders",
    "tickets",
    "log_lines",
    "maintenance_windows",
    "services",
)


@dataclass(frozen=True, slots=True)
class TicketRow:
    id: int
    title: str
    description: str
    priority: str
    status: str
    created_at: str
    call_id: str
    """The tool call that made it; empty for a row of the seed."""


@dataclass(frozen=True, slots=True)
class RefundRow:
    id: int
    order_id: str
    amount: float
    reason: str
    created_at: str
    call_id: str


@dataclass(frozen=True, slots=True)
class MaintenanceRow:
    id: int
    service: str
    starts_at: str
    minutes: int
    note: str
    call_id: str


@dataclass(frozen=True, slots=True)
class ReplacementRow:
    id: int
    order_id: str
    reason: str
    created_at: str
    call_id: str


@dataclass(frozen=True, slots=True)
class OrderNoteRow:
    id: int
    order_id: str
    note: str
    created_at: str
    call_id: str


@dataclass(frozen=True, slots=True)
class StatusUpdateRow:
    id: int
    service: str
    message: str
    created_at: str
    call_id: str


@dataclass(frozen=True, slots=True)
class StockOrderRow:
    id: int
    sku: str
    quantity: int
    created_at: str
    call_id: str


class SampleData:
    """The sample database at `path`, seeded on first use. Safe to share between threads and processes: every
    use opens its own connection."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opening = Lock()
        self._opened = False

    def open(self) -> None:
        """Create and seed the database unless that has happened; waits for another process that does it."""
        with self._opening:
            if self._opened:
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as db:
                db.execute("PRAGMA journal_mode = WAL")
                with _transaction(db):
                    if db.execute("PRAGMA user_version").fetchone()[0] != SEED_VERSION:
                        _seed(db)
            self._opened = True

    def reset(self) -> None:
        """Put back the seed: everything that tools wrote is forgotten."""
        with self.change() as db:
            _seed(db)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection to read with; rows can be read by column name."""
        self.open()
        with closing(self._connect()) as db:
            yield db

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """A connection inside one write transaction: commits at the end, rolls back on an error."""
        with self.read() as db, _transaction(db):
            yield db

    def tickets(self) -> list[TicketRow]:
        """All tickets, newest first."""
        columns = "id, title, description, priority, status, created_at, call_id"
        with self.read() as db:
            return [TicketRow(**row) for row in db.execute(f"SELECT {columns} FROM tickets ORDER BY id DESC")]

    def refunds(self) -> list[RefundRow]:
        """All refunds, newest first."""
        columns = "id, order_id, amount / 100.0 AS amount, reason, created_at, call_id"
        with self.read() as db:
            return [RefundRow(**row) for row in db.execute(f"SELECT {columns} FROM refunds ORDER BY id DESC")]

    def maintenance(self) -> list[MaintenanceRow]:
        """All maintenance windows by their start."""
        columns = "id, service, starts_at, minutes, note, call_id"
        query = f"SELECT {columns} FROM maintenance_windows ORDER BY starts_at, id"
        with self.read() as db:
            return [MaintenanceRow(**row) for row in db.execute(query)]

    def replacements(self) -> list[ReplacementRow]:
        """All replacements that were sent, newest first."""
        query = "SELECT id, order_id, reason, created_at, call_id FROM replacements ORDER BY id DESC"
        with self.read() as db:
            return [ReplacementRow(**row) for row in db.execute(query)]

    def order_notes(self) -> list[OrderNoteRow]:
        """All notes on orders, newest first."""
        query = "SELECT id, order_id, note, created_at, call_id FROM order_notes ORDER BY id DESC"
        with self.read() as db:
            return [OrderNoteRow(**row) for row in db.execute(query)]

    def status_updates(self) -> list[StatusUpdateRow]:
        """All messages on the status page, newest first."""
        query = "SELECT id, service, message, created_at, call_id FROM status_updates ORDER BY id DESC"
        with self.read() as db:
            return [StatusUpdateRow(**row) for row in db.execute(query)]

    def stock_orders(self) -> list[StockOrderRow]:
        """All orders to suppliers, newest first."""
        query = "SELECT id, sku, quantity, created_at, call_id FROM stock_orders ORDER BY id DESC"
        with self.read() as db:
            return [StockOrderRow(**row) for row in db.execute(query)]

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        return db


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    # Immediate, so that what is read before writing cannot be changed by another connection meanwhile.
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _seed(db: sqlite3.Connection) -> None:
    for table in _TABLES:
        db.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in _seed_text("schema.sql").split(";"):
        db.execute(statement)
    for collection, file in (("help", "help_articles.yaml"), ("research", "research_notes.yaml")):
        _insert(db, "articles", [{**row, "collection": collection} for row in _seed_rows(file)])
    for table, rows in _seed_rows("shop.yaml").items():
        _insert(db, table, rows)
    db.execute(f"PRAGMA user_version = {SEED_VERSION}")


def _insert(db: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    columns = list(rows[0])
    places = ", ".join(f":{column}" for column in columns)
    db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)


def _seed_rows(file: str) -> Any:
    return yaml.safe_load(_seed_text(file))


def _seed_text(file: str) -> str:
    return resources.files("core.toolbox").joinpath("seed", file).read_text(encoding="utf-8")
