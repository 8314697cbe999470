"""From bytes to text, whatever the encoding."""

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from core.errors import InvalidInputError

CHUNK = 1 << 20
ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 (little endian)",
    "utf-16-be": "UTF-16 (big endian)",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
}
"""What can be read, and how it is called."""
_BOXES = {
    b"PK\x03\x04": ("an Excel workbook or a zip archive", "Save the table as CSV and choose that file."),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "Save the table as CSV and choose that file."),
    b"\x1f\x8b": ("packed with gzip", "Unpack it first."),
    b"%PDF": ("a PDF", "Copy the table out of it, or export it as CSV."),
}


def found_encoding(source: BinaryIO) -> str:
    """The encoding of a text, seen from all of its bytes. Raises InvalidInputError for what is no text."""
    source.seek(0)
    start = source.read(4096)
    for mark, (kind, hint) in _BOXES.items():
        if start.startswith(mark):
            raise InvalidInputError(f"This is no text but {kind}.", hint=hint)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if wide := _without_mark(start):
        return wide
    if b"\0" in start:
        raise InvalidInputError("This is no text file.", hint="Choose a CSV or JSONL file.")
    return next(name for name in ("utf-8-sig", "cp1252", "latin-1") if _decodes(source, name))


@contextmanager
def text_of(source: BinaryIO, encoding: str) -> Iterator[TextIO]:
    """The whole text from its beginning; line endings are left as they are. Raises InvalidInputError where it is
    not in that encoding."""
    source.seek(0)
    wrapper = io.TextIOWrapper(source, encoding=encoding, newline="")
    try:
        yield wrapper
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"The text is not {ENCODINGS.get(encoding, encoding)}.", hint="Choose another encoding."
        ) from error
    finally:
        # Else the source would be closed with it.
        wrapper.detach()


def _without_mark(start: bytes) -> str:
    """UTF-16 without a byte order mark: most texts have many characters below 256, so every other byte is 0."""
    enough = len(start) // 2 * 0.3
    if len(start) < 8:
        return ""
    if start[1::2].count(0) > enough and not start[::2].count(0):
        return "utf-16-le"
    if start[::2].count(0) > enough and not start[1::2].count(0):
        return "utf-16-be"
    return ""


def _decodes(source: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    source.seek(0)
    try:
        while chunk := source.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
