"""All benchmarks, or those named as arguments, one after the other, in one table."""

import os
import sys

from tests.bench import (
    approval,
    canvas_drop,
    cpu_per_run,
    event_burst,
    live_text,
    load,
    startup,
    stored_bytes,
    text_across,
)
from tests.bench.figures import print_table

_BENCHMARKS = {
    "cpu_per_run": cpu_per_run.figures,
    "live_text": live_text.figures,
    "text_across": text_across.figures,
    "approval": approval.figures,
    "event_burst": event_burst.figures,
    "load": load.figures,
    "canvas_drop": canvas_drop.figures,
    "startup": startup.figures,
    "stored_bytes": stored_bytes.figures,
}

wanted = sys.argv[1:] or list(_BENCHMARKS)
if unknown := [name for name in wanted if name not in _BENCHMARKS]:
    sys.exit(f"No benchmark {', '.join(unknown)}; there are {', '.join(_BENCHMARKS)}.")
busy = os.getloadavg()[0]
print_table([figure for name in wanted for figure in _BENCHMARKS[name]()])
print(f"Load of this machine at the start: {busy:.1f} on {os.cpu_count()} cores.")
