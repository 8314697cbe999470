"""The database on a PostgreSQL server: any number of processes on any number of machines."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.errors import DatabaseUnavailableError, InvalidInputError, TroupeError
from core.settings import ServerAddress

if TYPE_CHECKING:
    import psycopg

UPGRADE_LOCK = 7_204_611_553
"""Number of the advisory lock that whoever makes or upgrades the tables holds."""
MOST_CONNECTIONS = 30
APPLICATION = "troupe"
FROZEN_SECONDS = 8.0
"""So long at most a process may do nothing inside a transaction."""
_OPTIONS: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "application_name": APPLICATION,
    # A process that is frozen inside a transaction must not keep others from its runs for longer than its lease.
    "options": f"-c idle_in_transaction_session_timeout={FROZEN_SECONDS:.0f}s -c lock_timeout=10s",
}
# The server's own limit does not begin behind rows that were written together: the driver sends a "flush" after
# them, which the server takes for the beginning of something new.
_END_FROZEN = f"""
    SELECT count(*) FILTER (WHERE is_ended) FROM (
        SELECT pg_terminate_backend(pid) AS is_ended FROM pg_stat_activity
        WHERE datname = current_database() AND usename = current_user AND application_name = '{APPLICATION}'
        AND state = 'idle in transaction' AND backend_xid IS NOT NULL
        AND state_change < clock_timestamp() - make_interval(secs => %(seconds)s)
    ) AS found
"""
_WRITES = "BEGIN ISOLATION LEVEL READ COMMITTED"
_READS = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresServer:
    """A database at an address; it must exist, its tables are made when they are not there. Raises
    InvalidInputError when the driver is not installed."""

    begin_reading = _READS
    begin_writing = _WRITES
    """Writers do not exclude each other: what is read to be changed is read under a lock of its row."""
    may_be_lost = True
    end_frozen: str | None = _END_FROZEN
    frozen_seconds = FROZEN_SECONDS
    begin_upgrade: str | None = f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})"

    def __init__(self, address: ServerAddress) -> None:
        _require_driver()
        import psycopg

        self.address = address
        self.shown = str(address)
        self.driver_error: type[Exception] = psycopg.Error
        self._no_answer = psycopg.OperationalError, psycopg.InterfaceError

    def open(self) -> Engine:
        """Connections to it, which open transactions only when they are told to."""
        engine = create_engine(
            make_url(self.address.url).set(drivername="postgresql+psycopg"),
            connect_args=_OPTIONS,
            pool_size=5,
            max_overflow=MOST_CONNECTIONS - 5,
            pool_timeout=10,
            pool_pre_ping=True,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _configure)
        return engine

    def back_up(self, version: str) -> str:
        """A server's database is for its administrator to copy; says how."""
        return f"Copy the database before (pg_dump) if you want a way back to version {version}."

    def unavailable(self, error: BaseException) -> TroupeError | None:
        """What to say when the error means that the database could not be reached, or did not answer in time."""
        if isinstance(error, PoolTimeout):
            return DatabaseUnavailableError(
                f"All {MOST_CONNECTIONS} connections to the database {self.shown} are at work.",
                hint="Try again in a moment. If it stays so, look at the server's load.",
            )
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(cause, self._no_answer):
            return None
        reason = " ".join(str(cause).split()) or type(cause).__name__
        return DatabaseUnavailableError(
            f"The database {self.shown} does not answer: {self.address.without_secret(reason)}",
            hint="Look whether the server runs and can be reached from here, and at STUDIO_DATABASE_URL.",
        )


def connect_to(address: ServerAddress) -> "psycopg.Connection[Any]":
    """A connection outside of the pool, in which each statement stands for itself."""
    _require_driver()
    import psycopg

    plain = make_url(address.url).set(drivername="postgresql")
    return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True, **_OPTIONS)


def _require_driver() -> None:
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise InvalidInputError(
            "PostgreSQL needs packages that are not installed.",
            hint="Install them with: uv sync --extra team (or pip install 'studio[team]').",
        ) from error


def _configure(connection: "psycopg.Connection[Any]", _record: Any) -> None:
    from core.store.postgres_text import StorableText

    # The driver must not open transactions by itself: the units of work say which kind.
    connection.autocommit = True
    connection.adapters.register_dumper(str, StorableText)
