"""Who gives commands in this terminal."""

import getpass


def person() -> str:
    """The name of the user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        # In a container the user often has no name.
        return "command line"
