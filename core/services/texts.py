"""What people type, before it is stored."""

from core.errors import InvalidInputError


def storable(text: str) -> str:
    """The text as it is. Raises InvalidInputError when it holds half characters (lone surrogates), which come from
    bytes that are no UTF-8 and can neither be stored nor sent."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidInputError(
            "The text holds characters that are not valid Unicode.", hint="Enter it as UTF-8 text."
        ) from None
    return text
