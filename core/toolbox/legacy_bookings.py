"""A small booking system with an old-fashioned HTTP interface, to try the proxy pattern on.

`python -m core.toolbox.legacy_bookings [PORT]` serves it on this machine. It keeps its bookings in memory.
"""

import json
import re
import sys
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any

CONFIRMED, WAITING, CANCELLED = 10, 20, 90
DEFAULT_PORT = 8765
_ADDRESS = re.compile(r"/bookings/([A-Za-z0-9-]+)(/state)?/?(?:\?.*)?")


@dataclass(slots=True)
class Booking:
    """What the system knows of a booking, in its own words."""

    nr: str
    st: int
    """10 is confirmed, 20 is waiting for payment, 90 is cancelled."""
    amt: int
    """Cents."""
    txt: str


class LegacyBookings(ThreadingHTTPServer):
    """The server; port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.lock = Lock()
        self.bookings = {
            booking.nr: booking
            for booking in (
                Booking("B-2041", CONFIRMED, 12900, "Meeting room, 2 days"),
                Booking("B-2042", WAITING, 4500, "Projector, 1 day"),
                Booking("B-2043", CANCELLED, 9900, "Workshop, 6 seats"),
            )
        }

    @property
    def url(self) -> str:
        """Its address, as LEGACY_API_URL wants it."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: LegacyBookings

    def do_GET(self) -> None:
        with self.server.lock:
            booking = self._booking()
            if booking is None:
                self._answer(HTTPStatus.NOT_FOUND, {"rc": 44})
            else:
                self._answer(HTTPStatus.OK, _data(booking))

    def do_POST(self) -> None:
        reason = self._reason()
        with self.server.lock:
            booking = self._booking()
            if booking is None:
                self._answer(HTTPStatus.NOT_FOUND, {"rc": 44})
            elif booking.st == CANCELLED:
                self._answer(HTTPStatus.CONFLICT, {"rc": 61})
            elif not reason:
                self._answer(HTTPStatus.UNPROCESSABLE_ENTITY, {"rc": 12, "fld": "reason"})
            else:
                booking.st = CANCELLED
                self._answer(HTTPStatus.OK, _data(booking))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is written about single requests."""

    def _booking(self) -> Booking | None:
        found = _ADDRESS.fullmatch(self.path)
        return self.server.bookings.get(found[1].upper()) if found else None

    def _reason(self) -> str:
        size = self.headers.get("Content-Length", "0")
        body = self.rfile.read(int(size) if size.isdigit() else 0)
        try:
            data = json.loads(body or b"{}")
        except ValueError:
            return ""
        return str(data.get("reason", "")).strip() if isinstance(data, dict) else ""

    def _answer(self, status: HTTPStatus, data: dict[str, Any]) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _data(booking: Booking) -> dict[str, Any]:
    return {"rc": 0, "nr": booking.nr, "st": booking.st, "amt": booking.amt, "txt": booking.txt}


def main() -> None:
    """Serve until interrupted."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_PORT
    with LegacyBookings(port) as server:
        print(f"The old booking system listens. Set LEGACY_API_URL={server.url}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("Stopped.")


if __name__ == "__main__":
    main()
