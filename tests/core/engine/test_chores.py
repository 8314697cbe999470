"""Chores are done while the engine works, whatever becomes of the others."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.engine.host import Engine
from tests.support.studio import open_studio


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with open_studio(tmp_path) as core:
        yield core.engine


def test_a_chore_is_done_when_somebody_calls(engine: Engine) -> None:
    done = threading.Event()
    engine.chores.add(done.set)

    engine.chores.call(start=True)

    assert done.wait(20)


def test_a_chore_that_fails_is_tried_again_and_does_not_keep_others_from_being_done(engine: Engine) -> None:
    tried = threading.Semaphore(0)
    done = threading.Event()

    def broken() -> None:
        tried.release()
        raise ZeroDivisionError("as always")

    engine.chores.add(broken)
    engine.chores.add(done.set)
    engine.chores.call(start=True)

    assert done.wait(20)
    assert tried.acquire(timeout=20)
    assert tried.acquire(timeout=20)


def test_work_aside_is_done_on_the_engines_loop_and_cut_off_at_the_end(engine: Engine) -> None:
    began, ended = threading.Event(), threading.Event()

    async def endless() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    engine.chores.call(start=True)
    engine.chores.add(lambda: None if began.is_set() else engine.chores.aside(endless))
    engine.chores.call()
    assert began.wait(20)

    engine.stop()

    assert ended.is_set()
