"""Keeps provider keys unreadable in the database, under a key that lies in a file of its own."""

import hashlib
import os
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import ProviderError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

VARIABLE = "STUDIO_SECRET_KEY"
_ENTER_AGAIN = "Enter the provider's key again on the Settings page, or bring back"


class SecretBox:
    """Encrypts short texts with Fernet. The key is `STUDIO_SECRET_KEY` (a Fernet key, or any passphrase), else the
    content of the file at `path`, which is made (readable by its owner only) when something is first encrypted."""

    def __init__(self, path: Path, *, environment: Mapping[str, str] | None = None) -> None:
        self._path = path
        self._environment = os.environ if environment is None else environment

    def encrypt(self, text: str) -> str:
        """`text` as a token for `decrypt`. Raises ProviderError when the key file cannot be used."""
        if self._passphrase is None and not self._path.exists():
            _create_key_file(self._path)
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        """The text behind a token. Raises ProviderError when the key is missing or is another one."""
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise ProviderError(
                "A stored provider key cannot be decrypted: it was stored under another secret key.",
                hint=f"{_ENTER_AGAIN} {self._source} as it was.",
            ) from error

    @property
    def _passphrase(self) -> str | None:
        return self._environment.get(VARIABLE) or None

    @property
    def _source(self) -> str:
        return VARIABLE if self._passphrase else f"the file '{self._path}'"

    @cached_property
    def _fernet(self) -> "Fernet":
        from cryptography.fernet import Fernet

        if self._passphrase:
            return _from_passphrase(self._passphrase)
        try:
            return Fernet(self._path.read_bytes().strip())
        except FileNotFoundError as error:
            raise ProviderError(
                "A stored provider key cannot be decrypted: the secret key file is gone.",
                hint=f"{_ENTER_AGAIN} {self._source}.",
            ) from error
        except (OSError, ValueError) as error:
            raise ProviderError(
                f"The secret key file '{self._path}' cannot be used: {error}",
                hint="Make it readable or restore it; or delete it and enter the providers' keys again.",
            ) from error


def _from_passphrase(text: str) -> "Fernet":
    from cryptography.fernet import Fernet

    try:
        return Fernet(text.encode())
    except ValueError:
        # No Fernet key: stretch it, so that any passphrase does.
        stretched = hashlib.scrypt(text.encode(), salt=b"troupe provider keys", n=2**14, r=8, p=1, dklen=32)
        return Fernet(urlsafe_b64encode(stretched))


def _create_key_file(path: Path) -> None:
    """Written aside and then linked: another process sees the whole key or none, and the first one wins."""
    from cryptography.fernet import Fernet

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key())
        try:
            os.link(name, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(name)
    except OSError as error:
        raise ProviderError(
            f"The secret key file '{path}' cannot be written: {error.strerror or error}",
            hint=f"Choose a data folder that you may write to, or set {VARIABLE}.",
        ) from error
