"""Settings from the environment, and the address of a database server, whose password is shown nowhere."""

from pathlib import Path

import pytest

from core.errors import InvalidInputError
from core.settings import Settings, load_settings, server_address

URL = "postgresql://ada:top%20secret@db.example:6432/studio?sslmode=require&passfile=/x&password=other"


def test_a_server_takes_the_place_of_the_file(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, environment={"STUDIO_DATABASE_URL": URL})

    assert settings.database == server_address(URL)
    assert Settings(tmp_path).database == tmp_path / "studio.db"


def test_the_password_is_shown_nowhere(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, environment={"STUDIO_DATABASE_URL": URL})

    shown = f"{settings} {settings!r} {settings.database} {settings.database!r}"

    assert "postgresql://ada@db.example:6432/studio?sslmode=require" in shown
    for secret in ("secret", "other", "/x"):
        assert secret not in shown
    address = server_address(URL)
    assert address.without_secret('no "top secret", no top%20secret, no other') == 'no "***", no ***, no ***'


@pytest.mark.parametrize(
    "url", ["mysql://ada:secret@h/db", "secret", "postgresql://h", "postgresql://h:secret/db"]
)
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InvalidInputError, match="STUDIO_DATABASE_URL") as caught:
        load_settings(environment={"STUDIO_DATABASE_URL": url})

    assert "secret" not in str(caught.value)
    assert "postgresql://user" in caught.value.hint
