"""This server as others, and it itself, reach it."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx
import streamlit as st

from core.errors import TroupeError


class OwnServerError(TroupeError):
    """The studio cannot reach its own address."""

    code = "own_server"


def hook_url(trigger_id: str) -> str:
    """The address of a webhook, on the host by which the browser knows the studio."""
    seen = urlsplit(st.context.url or "")
    host = f"{seen.scheme}://{seen.netloc}" if seen.netloc else _local()
    return f"{host}{_base()}/hooks/{trigger_id}"


def post_hook(trigger_id: str, headers: Mapping[str, str], body: bytes) -> httpx.Response:
    """Post to a webhook of this very server, as a sender does. Raises OwnServerError."""
    url = f"{_local()}{_base()}/hooks/{trigger_id}"
    try:
        # Its own certificate is for the name by which others call it.
        return httpx.post(url, headers=dict(headers), content=body, timeout=30, verify=False)
    except httpx.TransportError as error:
        raise OwnServerError(
            f"The studio could not post to its own address {url}: {error}",
            hint="Post from elsewhere with the command line below.",
        ) from error


def _local() -> str:
    address = str(st.get_option("server.address") or "127.0.0.1")
    host = "127.0.0.1" if address in ("0.0.0.0", "::") else address
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    return f"{scheme}://{host}:{st.get_option('server.port')}"


def _base() -> str:
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{base}" if base else ""
