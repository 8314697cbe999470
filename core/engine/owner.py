"""Who works on a run: the name of a process, and whether it is still alive."""

import os
import secrets
import socket

import psutil


def new_owner() -> str:
    """A name for this process's engine: host, process id, its start time, and a random part."""
    started = int(psutil.Process().create_time() * 100)
    return f"{socket.gethostname()}/{os.getpid()}/{started}/{secrets.token_hex(4)}"


def surely_dead(owner: str) -> bool:
    """Whether the process behind the name is known to be gone. False on another host: only its lease tells."""
    host, pid, started, _ = owner.rsplit("/", 3)
    if host != socket.gethostname():
        return False
    try:
        return int(psutil.Process(int(pid)).create_time() * 100) != int(started)
    except psutil.NoSuchProcess:
        return True
