"""Texts from outside, before they are stored."""


def well_formed(text: str) -> str:
    """The text with its half characters (lone surrogates) joined, or marked where their other half is missing.
    Servers that cut texts between UTF-16 units send them; they could neither be stored nor shown."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
