"""What expressions can see at a place of a workflow. Branches get copies, so that none disturbs another."""

from collections.abc import Iterable
from typing import Any

Json = Any


class Scope:
    """Variables of one line of steps."""

    def __init__(
        self,
        input: str,
        *,
        state: dict[str, Json],
        steps: dict[str, Json] | None = None,
        conversation: tuple[dict[str, Any], ...] = (),
        around: dict[str, Json] | None = None,
    ) -> None:
        self._input = input
        self._state = dict(state)
        self._steps = dict(steps or {})
        self._around = dict(around or {})
        self._inherited = len(conversation)
        self._new_state: dict[str, Json] = {}
        self._new_steps: dict[str, Json] = {}
        self.conversation = conversation
        """What the agents before said and did, as the SDK's input items."""

    def variables(self, output: Json) -> dict[str, Json]:
        """What an expression of a step that gets this value can name."""
        return {
            "input": self._input,
            "output": output,
            "steps": self._steps,
            "state": self._state,
            **self._around,
        }

    @property
    def iteration(self) -> int | None:
        """The round of the loop around."""
        return self._around.get("count")

    @property
    def item(self) -> int | None:
        """The number of the map's item that is worked on."""
        return self._around.get("index")

    def note_step(self, name: str, output: Json) -> None:
        """A step has given this."""
        self._steps[name] = self._new_steps[name] = output

    def assign(self, values: dict[str, Json]) -> None:
        """Set variables of `state`."""
        self._state |= values
        self._new_state |= values

    def set_around(self, **values: Json) -> None:
        """Set `count`, `item`, `index` or `error` from here on."""
        self._around |= values

    def apart(self, **around: Json) -> "Scope":
        """A copy for a branch."""
        return Scope(
            self._input,
            state=self._state,
            steps=self._steps,
            conversation=self.conversation,
            around={**self._around, **around},
        )

    def take_over(self, branches: Iterable["Scope"]) -> None:
        """Go on with what the branches left, in their order: of two that set the same, the later counts."""
        for branch in branches:
            for name, output in branch._new_steps.items():
                self.note_step(name, output)
            self.assign(branch._new_state)
            self.conversation += branch.conversation[branch._inherited :]
