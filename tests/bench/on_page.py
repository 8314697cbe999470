"""Pages that know when something was painted, and a studio to open them on."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext

from tests.support.browser import new_context
from tests.support.server import StudioServer

_SCRIPT = Path(__file__).with_name("painted.js")


@contextmanager
def bench_context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A browser window without a past, whose pages have `bench` of painted.js."""
    context = new_context(browser, address)
    context.add_init_script(path=_SCRIPT)
    yield context
    context.close()


@contextmanager
def studio_server(prepare: Callable[[Path], None] | None = None) -> Iterator[StudioServer]:
    """The real command line on a new folder, whose data folder `prepare` may fill before."""
    with tempfile.TemporaryDirectory() as folder:
        server = StudioServer(Path(folder))
        if prepare is not None:
            prepare(server.data_dir)
        server.start()
        try:
            yield server
        finally:
            server.stop()
