"""The clock and folders bring events, each once, also after a restart and in two processes."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from core.bootstrap import Core
from core.services import trigger_watch
from core.services.trigger_watch import TriggerWatch
from core.store.tables import TriggerRow
from core.triggers.spec import AlwaysRouter, FolderSource, ScheduleSource, Source, TriggerSpec
from tests.support.studio import open_studio
from tests.support.triggers import desk

BEGIN = datetime(2026, 11, 20, 8, 0, 30, tzinfo=UTC)


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, each_database: str) -> Iterator[Core]:
    """Its engine is not at work; what it would do is called here."""
    with open_studio(tmp_path / "studio") as core:
        monkeypatch.setattr(core.engine, "_recovers", True)
        yield core


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    return lambda now: monkeypatch.setattr(trigger_watch, "utc_now", lambda: now)


def made(core: Core, source: Source) -> str:
    organization = core.organizations.create_named(desk(), note="")
    spec = TriggerSpec(name="T", source=source, router=AlwaysRouter(organization_id=organization))
    return core.triggers.create(spec)[0]


def schedule(core: Core, **options: str) -> str:
    """Every ten minutes, looked at until `BEGIN`."""
    source = ScheduleSource.model_validate({"cron": "*/10 * * * *", "zone": "Europe/Berlin", **options})
    trigger_id = made(core, source)
    with core.database.session() as db:
        db.execute(update(TriggerRow).values(watched_until=BEGIN))
    return trigger_id


def watch(core: Core) -> TriggerWatch:
    return TriggerWatch(core.database, core.engine, core.trigger_inbox)


def keys(core: Core, trigger_id: str) -> list[str]:
    return sorted(event.key for event in core.trigger_inbox.page(trigger_id).rows)


def test_a_time_is_one_event_however_often_it_is_looked_at(
    studio: Core, clock: Callable[[datetime], None]
) -> None:
    trigger_id = schedule(studio)
    clock(BEGIN)
    watch(studio).tend()
    assert keys(studio, trigger_id) == []

    for second in (0, 1, 2):
        clock(BEGIN.replace(minute=10, second=second))
        watch(studio).tend()

    assert keys(studio, trigger_id) == ["2026-11-20T08:10:00Z"]
    (event,) = studio.trigger_inbox.page(trigger_id).rows
    assert studio.trigger_inbox.payload(event) == {"slot": "2026-11-20T09:10:00+01:00", "zone": "Europe/Berlin"}


@pytest.mark.parametrize(("missed", "minutes"), [("last", [30]), ("all", [10, 20, 30]), ("skip", [])])
def test_times_that_passed_while_nobody_looked(
    studio: Core, clock: Callable[[datetime], None], missed: str, minutes: list[int]
) -> None:
    trigger_id = schedule(studio, missed=missed)

    clock(BEGIN + timedelta(minutes=34))
    watch(studio).tend()
    watch(studio).tend()

    assert keys(studio, trigger_id) == [f"2026-11-20T08:{minute}:00Z" for minute in minutes]


def test_a_clock_that_is_set_back_runs_nothing_twice_and_goes_on(
    studio: Core, clock: Callable[[datetime], None]
) -> None:
    """It had been a year ahead for a moment."""
    trigger_id = schedule(studio)
    clock(BEGIN + timedelta(minutes=10))
    watch(studio).tend()
    clock(BEGIN + timedelta(days=365))
    watch(studio).tend()

    for minute in (0, 10, 20):
        clock(BEGIN + timedelta(minutes=minute))
        watch(studio).tend()

    assert keys(studio, trigger_id) == ["2026-11-20T08:10:00Z", "2026-11-20T08:20:00Z", "2027-11-20T08:00:00Z"]


def test_two_processes_say_a_time_once(studio: Core, tmp_path: Path, clock: Callable[[datetime], None]) -> None:
    trigger_id = schedule(studio, missed="all")
    other = Core(studio.settings)
    other.engine._recovers = True
    clock(BEGIN + timedelta(minutes=30))

    watch(studio).tend()
    watch(other).tend()
    other.close()

    assert len(keys(studio, trigger_id)) == 3


def test_while_a_schedule_is_off_its_times_pass_by(studio: Core, clock: Callable[[datetime], None]) -> None:
    trigger_id = schedule(studio, missed="all")
    studio.triggers.set_enabled(trigger_id, False)
    clock(datetime.now(UTC) + timedelta(days=1))
    watch(studio).tend()
    assert keys(studio, trigger_id) == []

    studio.triggers.set_enabled(trigger_id, True)
    clock(datetime.now(UTC))
    watch(studio).tend()

    assert keys(studio, trigger_id) == []


# -- folders ------------------------------------------------------------------------------------------


def folder(core: Core, path: Path, **options: object) -> str:
    source = FolderSource.model_validate({"path": str(path), "pattern": "*.txt", "settle_seconds": 0, **options})
    return made(core, source)


def contents(core: Core, trigger_id: str) -> list[str]:
    events = core.trigger_inbox.page(trigger_id).rows
    return sorted(core.trigger_inbox.payload(event)["text"] for event in events)


def test_files_that_come_are_taken_once_also_after_a_restart(studio: Core, tmp_path: Path) -> None:
    (tmp_path / "before.txt").write_text("was there")
    trigger_id = folder(studio, tmp_path)
    (tmp_path / "new.txt").write_text("came")
    (tmp_path / "other.json").write_text("{}")

    watch(studio).tend()
    watch(studio).tend()
    assert contents(studio, trigger_id) == ["came"]

    (tmp_path / "new.txt").write_text("came, and changed")
    watch(studio).tend()
    assert contents(studio, trigger_id) == ["came", "came, and changed"]
    assert sorted(path.name for path in tmp_path.glob("*.txt")) == ["before.txt", "new.txt"], "nothing is moved"


def test_files_that_were_there_are_taken_when_that_is_wanted(studio: Core, tmp_path: Path) -> None:
    (tmp_path / "before.txt").write_text("was there")

    trigger_id = folder(studio, tmp_path, existing="take")
    watch(studio).tend()

    assert contents(studio, trigger_id) == ["was there"]


def test_a_file_that_cannot_be_read_is_a_dead_letter(studio: Core, tmp_path: Path) -> None:
    trigger_id = folder(studio, tmp_path)
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\xff")

    watch(studio).tend()

    (event,) = studio.trigger_inbox.page(trigger_id).rows
    assert (event.status, event.error) == ("dead", "The file is not UTF-8 text.")


def test_a_folder_that_is_gone_is_told_once_and_watched_again_when_it_is_back(
    studio: Core, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    trigger_id = folder(studio, inbox)
    inbox.rmdir()
    watcher = watch(studio)

    watcher.tend()
    watcher.tend()
    assert caplog.text.count("cannot be read") == 1

    inbox.mkdir()
    (inbox / "a.txt").write_text("back")
    watcher.tend()
    assert contents(studio, trigger_id) == ["back"]


def test_a_flood_of_files_leaves_others_their_turn(studio: Core, tmp_path: Path) -> None:
    trigger_id = folder(studio, tmp_path)
    for number in range(trigger_watch.MOST_AT_ONCE + 10):
        (tmp_path / f"{number}.txt").write_text(str(number))
    watcher = watch(studio)

    watcher.tend()
    assert studio.trigger_inbox.page(trigger_id).total == trigger_watch.MOST_AT_ONCE
    watcher._not_before.clear()
    watcher.tend()
    assert studio.trigger_inbox.page(trigger_id).total == trigger_watch.MOST_AT_ONCE + 10


def test_the_page_sees_what_is_taken_and_what_is_left(studio: Core, tmp_path: Path) -> None:
    (tmp_path / "before.txt").write_text("was there")
    trigger_id = folder(studio, tmp_path)
    (tmp_path / "new.txt").write_text("came")

    files, left = studio.triggers.files(trigger_id)

    assert ([seen.path for seen in files], left) == (["before.txt", "new.txt"], {"before.txt"})
