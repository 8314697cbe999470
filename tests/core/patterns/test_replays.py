"""What a pattern did in rehearsal is played again without models, tools or people, and goes the same way."""

from pathlib import Path
from threading import Thread

import pytest

from core.bootstrap import Core
from core.patterns.catalogue import Pattern, catalogue
from core.records import RunRecord
from core.toolbox.legacy_bookings import LegacyBookings
from tests.support.studio import open_studio, scripted, wait_for_run


@pytest.mark.parametrize("one", catalogue(), ids=lambda one: one.id)
def test_a_pattern_replays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one: Pattern) -> None:
    runs = _recorded(tmp_path, monkeypatch, one)
    monkeypatch.delenv("LEGACY_API_URL")
    with open_studio(tmp_path, scripted()) as core:
        refunds = core.samples.refunds()
        tests = [core.replays.save(run.id, f"Sample {number}") for number, run in enumerate(runs)]
        for test in tests:
            wait_for_run(core, core.replays.run_test(test))
        reports = [core.replays.report(test) for test in tests]

        assert [(report.outcome, report.differences) for report in reports] == [("passed", [])] * len(runs)
        assert core.samples.refunds() == refunds


def _recorded(folder: Path, monkeypatch: pytest.MonkeyPatch, one: Pattern) -> list[RunRecord]:
    with LegacyBookings() as bookings, open_studio(folder) as core:
        monkeypatch.setenv("LEGACY_API_URL", bookings.url)
        serving = Thread(target=bookings.serve_forever)
        serving.start()
        try:
            organization = core.organizations.create_from_pattern(one.id)
            return [_run(core, organization, sample) for sample in one.organization.samples]
        finally:
            bookings.shutdown()
            serving.join()


def _run(core: Core, organization: str, sample: str) -> RunRecord:
    run = wait_for_run(core, core.runs.start(organization, sample))
    while run.status == "waiting":
        for approval in core.approvals.pending():
            core.approvals.approve(approval.id, by="ada")
        run = wait_for_run(core, run.id)
    return run
