"""Who works on a run: the name of a process, and whether it is still alive."""

import os
import secrets
import socket
from pathlib import Path

import psutil


def new_owner() -> str:
    """A name for this process's engine: host, process id, when it started, and a random part."""
    return f"{socket.gethostname()}/{os.getpid()}/{_started(os.getpid())}/{secrets.token_hex(4)}"


def surely_dead(owner: str) -> bool:
    """Whether the process behind the name is known to be gone. False on another host: only its lease tells."""
    host, pid, started, _ = owner.rsplit("/", 3)
    if host != socket.gethostname():
        return False
    try:
        return _started(int(pid)) != int(started)
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        return True


def _started(pid: int) -> int:
    """When a process started, as a number that stays the same as long as it lives. Raises one of three errors
    when there is none."""
    if psutil.LINUX:
        # Ticks since the machine's start. psutil adds the time of that start, which changes when the clock is set.
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    return int(psutil.Process(pid).create_time() * 100)
