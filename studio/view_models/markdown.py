"""Text of people and models inside Streamlit's markdown."""

_SPECIAL = frozenset(r"\`*_{}[]()#+-.!|~$:<>")


def plain(text: str) -> str:
    """Markdown that shows the text as it stands, on one line."""
    line = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in _SPECIAL else letter for letter in line)
