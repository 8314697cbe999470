"""Where the pages are, for links and switches between them."""

from pathlib import Path

_PAGES = Path(__file__).resolve().parent.parent / "pages"


def page_file(name: str) -> Path:
    """The script of a page: `page_file("design")`."""
    return _PAGES / f"{name}.py"
