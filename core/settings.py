"""Settings of the process, from `STUDIO_*` environment variables and command-line options."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import platformdirs

from core.errors import InvalidInputError

APP_NAME = "troupe"
DATABASE_URL = "STUDIO_DATABASE_URL"


Role = Literal["all", "web", "worker"]
Executor = Literal["local", "dbos"]
_SERVER_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
_NO_ADDRESS = "Write it as postgresql://user:password@host:5432/database."


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a PostgreSQL database is; its password is shown nowhere."""

    url: str = field(repr=False)
    """With the password."""

    @property
    def driver_url(self) -> str:
        """For SQLAlchemy, with the password."""
        return f"postgresql+psycopg://{self.url.partition('://')[2]}"

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        user = f"{parts.username}@" if parts.username else ""
        host = parts.netloc.rpartition("@")[2]
        query = urlencode(
            [(name, value) for name, value in parse_qsl(parts.query) if "pass" not in name], safe="/"
        )
        return f"postgresql://{user}{host}{parts.path}{'?' if query else ''}{query}"

    def without_secret(self, text: str) -> str:
        """The text, should it hold the password, without it."""
        parts = urlsplit(self.url)
        given = [parts.password or "", *(value for name, value in parse_qsl(parts.query) if "pass" in name)]
        for secret in {form for each in given if each for form in (each, unquote(each))}:
            text = text.replace(secret, "***")
        return text


def server_address(url: str, *, given_by: str = DATABASE_URL) -> ServerAddress:
    """The address in a URL. Raises InvalidInputError, which does not repeat what may hold a password."""
    try:
        parts = urlsplit(url.strip())
        complete = parts.scheme in _SERVER_SCHEMES and len(parts.path) > 1 and (parts.port or True)
    except ValueError:
        complete = False
    if not complete:
        raise InvalidInputError(f"{given_by} is not the address of a PostgreSQL database.", hint=_NO_ADDRESS)
    return ServerAddress(url.strip())


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are kept and how the engine behaves."""

    data_dir: Path
    """Folder of the database, the sample database and the secret key (`STUDIO_DATA_DIR`)."""
    rehearsal_pace: str = "believable"
    """`believable` or `instant` (`STUDIO_REHEARSAL_PACE`)."""
    max_concurrent_runs: int = 50
    """Runs that work at the same time; more wait in the queue (`STUDIO_MAX_CONCURRENT_RUNS`)."""

    server: ServerAddress | None = None
    """The PostgreSQL database (`STUDIO_DATABASE_URL`); None for the file in the data folder."""

    role: Role = "all"
    """What this process does: `all`; `web`, which leaves the runs to workers (the default with a server, else
    `STUDIO_WORK=elsewhere`); `worker`, which shares them with others."""
    executor: Executor = "local"
    """What hands queued runs to workers (`STUDIO_EXECUTOR`); `dbos` needs a server."""
    lease_seconds: float = 15.0
    """How long a process that says nothing keeps its runs (`STUDIO_LEASE_SECONDS`)."""

    @property
    def database(self) -> Path | ServerAddress:
        return self.server or self.data_dir / "studio.db"

    @property
    def samples_path(self) -> Path:
        return self.data_dir / "samples.db"

    @property
    def secret_key_path(self) -> Path:
        return self.data_dir / "secret.key"


def load_settings(*, data_dir: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; `data_dir` wins over `STUDIO_DATA_DIR`, which wins over the platform's
    data folder. Raises InvalidInputError for values that make no sense."""
    env = os.environ if environment is None else environment
    server = server_address(env[DATABASE_URL]) if env.get(DATABASE_URL) else None
    work = _choice(env, "STUDIO_WORK", ("elsewhere", "here") if server else ("here", "elsewhere"))
    folder = data_dir or Path(env.get("STUDIO_DATA_DIR") or platformdirs.user_data_dir(APP_NAME, appauthor=False))
    return Settings(
        data_dir=folder.expanduser().resolve(),
        rehearsal_pace=_choice(env, "STUDIO_REHEARSAL_PACE", ("believable", "instant")),
        max_concurrent_runs=_positive(env, "STUDIO_MAX_CONCURRENT_RUNS", default=50),
        server=server,
        role="all" if work == "here" else "web",
        executor=_executor(env),
        lease_seconds=float(_positive(env, "STUDIO_LEASE_SECONDS", default=15)),
    )


def _executor(env: Mapping[str, str]) -> Executor:
    return "dbos" if _choice(env, "STUDIO_EXECUTOR", ("local", "dbos")) == "dbos" else "local"


def _choice(env: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = env.get(name) or allowed[0]
    if value not in allowed:
        raise InvalidInputError(f"{name} is '{value}'.", hint=f"Set it to one of: {', '.join(allowed)}.")
    return value


def _positive(env: Mapping[str, str], name: str, *, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdigit() or int(text) < 1:
        raise InvalidInputError(f"{name} is '{text}'.", hint="Set it to a whole number from 1.")
    return int(text)
