"""Settings of the process, from `STUDIO_*` environment variables and command-line options."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from core.errors import InvalidInputError

APP_NAME = "troupe"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are kept and how the engine behaves."""

    data_dir: Path
    """Folder of the database, the sample database and the secret key (`STUDIO_DATA_DIR`)."""
    rehearsal_pace: str = "believable"
    """`believable` or `instant` (`STUDIO_REHEARSAL_PACE`)."""
    max_concurrent_runs: int = 50
    """Runs that work at the same time; more wait in the queue (`STUDIO_MAX_CONCURRENT_RUNS`)."""

    @property
    def database_path(self) -> Path:
        return self.data_dir / "studio.db"

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
    folder = data_dir or Path(env.get("STUDIO_DATA_DIR") or platformdirs.user_data_dir(APP_NAME, appauthor=False))
    return Settings(
        data_dir=folder.expanduser().resolve(),
        rehearsal_pace=_choice(env, "STUDIO_REHEARSAL_PACE", ("believable", "instant")),
        max_concurrent_runs=_positive(env, "STUDIO_MAX_CONCURRENT_RUNS", default=50),
    )


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
