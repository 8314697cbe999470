"""A process that works on a run of a provider until somebody kills it."""

import sys
from pathlib import Path

from core.organization.spec import AgentSpec, Organization
from tests.support.providers import compatible
from tests.support.studio import open_studio, start, until

TALKER = Organization(name="Talk", entry="talker", agents=[AgentSpec(name="talker", instructions="Talk.")])


def main() -> None:
    """Start a run of the provider at that address and work on it."""
    folder, base_url = Path(sys.argv[1]), sys.argv[2]
    with open_studio(folder) as core:
        core.providers.save(compatible(base_url=base_url), key=None)
        run_id = start(core, TALKER, "Hello", model="local/m")
        print(run_id, flush=True)
        until(lambda: core.runs.get(run_id).ended, seconds=60)


if __name__ == "__main__":
    main()
