"""The server `@copilotkit/aimock`, which speaks OpenAI's two APIs and was not written by us, on loopback.

Install it with `npm ci` in tests/support/aimock_npm. Mark tests that use it with `pytestmark = needs_aimock`.
"""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx
import pytest

_BINARY = Path(__file__).parent / "aimock_npm" / "node_modules" / ".bin" / "llmock"
_ADDRESS = re.compile(r"listening on (http://\S+)")
_in_ci = os.environ.get("CI") == "true"

needs_aimock = [
    pytest.mark.aimock,
    pytest.mark.skipif(
        not _BINARY.exists() and not _in_ci, reason="run `npm ci` in tests/support/aimock_npm first"
    ),
]


@dataclass(frozen=True, slots=True)
class Aimock:
    """A running server."""

    root: str

    @property
    def base_url(self) -> str:
        return f"{self.root}/v1"

    def requests(self) -> list[dict[str, Any]]:
        """What the server was asked, oldest first: `method`, `path`, `body`, `response` and more."""
        entries: list[dict[str, Any]] = httpx.get(f"{self.root}/__aimock/journal").json()
        return entries


@contextmanager
def aimock(fixtures: Sequence[dict[str, Any]], *, api_keys: Sequence[str] = ()) -> Iterator[Aimock]:
    """A server that answers by `fixtures` (`match`, `response`, and `chaos`, `latency` or `truncateAfterChunks`;
    what matches none gets a 404) for as long as the block runs. With `api_keys` it refuses all other keys."""
    environment = {**os.environ, "AIMOCK_API_KEYS": ",".join(api_keys)} if api_keys else None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "fixtures.json")
        file.write_text(json.dumps({"fixtures": list(fixtures)}), encoding="utf-8")
        process = subprocess.Popen(
            [_BINARY, "--port", "0", "--fixtures", file],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
        try:
            assert process.stdout is not None
            yield Aimock(_address(process.stdout))
        finally:
            process.kill()
            process.communicate()


def _address(output: IO[str]) -> str:
    """The address that the server prints when it is ready."""
    said = ""
    for line in output:
        said += line
        if found := _ADDRESS.search(line):
            return found[1]
    raise RuntimeError(f"aimock did not start: {said}")
