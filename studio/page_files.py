"""Where the pages are, for links and switches between them."""

from pathlib import Path

_PAGES = Path(__file__).resolve().parent.parent / "pages"


def page_file(name: str) -> Path:
    """The script of a page: `page_file("design")`."""
    return _PAGES / f"{name}.py"


def page_names() -> list[str]:
    """All pages, as they are called in addresses."""
    return sorted(file.stem for file in _PAGES.glob("[a-z]*.py"))
