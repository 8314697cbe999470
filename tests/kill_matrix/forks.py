"""Work in processes that are forked from this one, which has imported everything and has no thread."""

import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Send = Callable[[Any], None]


@dataclass(slots=True)
class Child:
    """A forked process, and the JSON lines that it sends."""

    pid: int
    _pipe: int
    _rest: bytes = b""
    _messages: list[Any] = field(default_factory=list)
    _ended: bool = False
    _is_gone: bool = False

    def receive(self, *, seconds: float = 60) -> Any:
        """The next message; None when the process has ended without another."""
        deadline = time.monotonic() + seconds
        while not self._messages and not self._ended:
            ready, _, _ = select.select([self._pipe], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError(f"Process {self.pid} has said nothing for {seconds} seconds.")
            self._read()
        return self._messages.pop(0) if self._messages else None

    def wait(self, *, seconds: float = 60) -> int:
        """How the process has ended, as `os.waitpid` tells it. Reads what it still sends, and forgets it."""
        while self.receive(seconds=seconds) is not None:
            pass
        return self._forget()

    def end(self) -> None:
        """Kill the process, if it is still there."""
        if not self._is_gone:
            os.kill(self.pid, signal.SIGKILL)
            self._forget()

    def _forget(self) -> int:
        os.close(self._pipe)
        self._is_gone = True
        return os.waitpid(self.pid, 0)[1]

    def _read(self) -> None:
        data = os.read(self._pipe, 1 << 20)
        self._ended = not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._messages += [json.loads(line) for line in lines]


def fork(work: Callable[[Send], None], *, log: Path) -> Child:
    """Do the work in a process of its own; what it prints goes to `log`."""
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, reading)
    os.close(reading)
    with log.open("ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    code = 0
    try:
        work(lambda message: _send(writing, message))
    except BaseException:  # noqa: BLE001
        # Nothing may come back from here into the parent's code.
        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    os._exit(code)


def _send(pipe: int, message: Any) -> None:
    data = json.dumps(message).encode() + b"\n"
    while data:
        data = data[os.write(pipe, data) :]
