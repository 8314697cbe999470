"""`studio serve`."""

import os
import socket
import sys
import threading
import time
import webbrowser
from pathlib import Path
from urllib.request import urlopen

from core.errors import InvalidInputError

HOST = "127.0.0.1"
TRIES = 20


def serve(*, port: int, data_dir: Path | None, browser: bool) -> None:
    """Serve pages, live streams and the engine until the process is told to stop."""
    if data_dir is not None:
        os.environ["STUDIO_DATA_DIR"] = str(data_dir)
    chosen = free_port(port)
    address = f"http://{HOST}:{chosen}"
    print(f"Troupe is on {address} (Ctrl-C ends it)", flush=True)
    if browser:
        threading.Thread(target=_open_browser, args=(address,), daemon=True).start()
    import studio.app as server

    # Streamlit reads the config.toml beside the script that was started, which may lie in some folder `bin`.
    sys.argv[0] = server.__file__
    server.app.run(config={"server.port": chosen, "server.address": HOST, "server.headless": True})


def free_port(wanted: int) -> int:
    """`wanted`, or the next free port after it; 0 for any. Raises InvalidInputError when none is free."""
    for port in [wanted] if wanted == 0 else range(wanted, min(wanted + TRIES, 65536)):
        with socket.socket() as probe:
            if os.name == "posix":
                # Connections of a studio that ended a moment ago do not keep its port taken.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise InvalidInputError(
        f"The ports {wanted} to {wanted + TRIES - 1} are all taken.", hint="Choose another with --port."
    )


def _open_browser(address: str) -> None:
    for _ in range(100):
        try:
            with urlopen(f"{address}/_stcore/health", timeout=1):
                webbrowser.open(address)
                return
        except OSError:
            time.sleep(0.2)
