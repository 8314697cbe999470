"""The HTML that a page is opened with: Streamlit's own, which is told where the server is."""

from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from studio.page_files import page_names

# Streamlit's script does not know whether `/runs` is a page or the place of the server, so it first asks for
# `/runs/_stcore/health`: two errors in the console, and a round trip before anything is shown. Pages stand one
# level below the server, from where the script itself is loaded, too.
_PLACE = '<head><script>window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href }</script>'
_FRESH = {"Cache-Control": "no-cache"}


def page_routes() -> list[Route]:
    """A route for each page."""
    shell = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    text = shell.replace("<head>", _PLACE, 1)

    async def page(_request: Request) -> HTMLResponse:
        return HTMLResponse(text, headers=_FRESH)

    return [Route(f"/{name}", page) for name in page_names()]
