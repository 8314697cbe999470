"""Provider keys are stored encrypted, under a key file that only its owner can read."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from core.errors import ProviderError
from core.secrets import SecretBox


def box(folder: Path, **environment: str) -> SecretBox:
    return SecretBox(folder / "data" / "secret.key", environment=environment)


def test_text_comes_back_and_the_token_does_not_show_it(tmp_path: Path) -> None:
    token = box(tmp_path).encrypt("sk-very-secret")

    assert "very-secret" not in token
    assert box(tmp_path).decrypt(token) == "sk-very-secret"


def test_key_file_is_made_at_the_first_encryption_for_its_owner_only(tmp_path: Path) -> None:
    secrets = box(tmp_path)
    assert not (tmp_path / "data").exists()

    secrets.encrypt("x")

    made = list((tmp_path / "data").iterdir())
    assert [file.name for file in made] == ["secret.key"]
    assert stat.S_IMODE(made[0].stat().st_mode) == 0o600


def test_an_existing_key_file_is_kept(tmp_path: Path) -> None:
    box(tmp_path).encrypt("x")
    before = (tmp_path / "data" / "secret.key").read_bytes()

    box(tmp_path).encrypt("y")

    assert (tmp_path / "data" / "secret.key").read_bytes() == before


@pytest.mark.parametrize(
    "key", [Fernet.generate_key().decode(), "any passphrase will do"], ids=["key", "passphrase"]
)
def test_environment_wins_over_the_file_and_makes_none(tmp_path: Path, key: str) -> None:
    token = box(tmp_path, STUDIO_SECRET_KEY=key).encrypt("x")

    assert not (tmp_path / "data").exists()
    assert box(tmp_path, STUDIO_SECRET_KEY=key).decrypt(token) == "x"
    box(tmp_path).encrypt("makes the file")
    with pytest.raises(ProviderError, match="another secret key"):
        box(tmp_path).decrypt(token)
    assert box(tmp_path, STUDIO_SECRET_KEY=key).decrypt(token) == "x"


def test_a_lost_key_file_says_what_to_do(tmp_path: Path) -> None:
    token = box(tmp_path).encrypt("x")
    (tmp_path / "data" / "secret.key").unlink()

    with pytest.raises(ProviderError, match="file is gone") as caught:
        box(tmp_path).decrypt(token)

    assert "Settings page" in caught.value.hint


def test_a_damaged_key_file_says_what_to_do(tmp_path: Path) -> None:
    token = box(tmp_path).encrypt("x")
    (tmp_path / "data" / "secret.key").write_text("nonsense")

    with pytest.raises(ProviderError, match="cannot be used") as caught:
        box(tmp_path).decrypt(token)

    assert "restore it" in caught.value.hint


def test_a_folder_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder should be")

    with pytest.raises(ProviderError, match="cannot be written") as caught:
        box(tmp_path).encrypt("x")

    assert "STUDIO_SECRET_KEY" in caught.value.hint
