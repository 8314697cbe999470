"""Text for Streamlit's markdown."""

import re

_CODE = re.compile(r"(`[^`\n]+`)")
_SPECIAL = re.compile(r"([\\*_\[\]<>$~#:|])")


def markdown_safe(text: str) -> str:
    """The text as it is, whatever a person wrote; only `code` in backticks keeps its meaning."""
    pieces = _CODE.split(text)
    return "".join(piece if number % 2 else _SPECIAL.sub(r"\\\1", piece) for number, piece in enumerate(pieces))
