"""Shows a run in the terminal while it works."""

import sys
from typing import TextIO

from agents import RunResultStreaming
from agents.items import HandoffOutputItem, ToolCallItem, ToolCallOutputItem


class Screen:
    """Text of agents goes to `out` as it comes; what they do goes to `notes`."""

    def __init__(self, out: TextIO = sys.stdout, notes: TextIO = sys.stderr) -> None:
        self._out = out
        self._notes = notes
        self.shown = ""
        """The last text that was shown."""

    async def follow(self, result: RunResultStreaming, *, live: bool) -> None:
        """Show a run until it ends; raises what ends it. What runs beside others is shown when it has ended."""
        text = ""
        async for event in result.stream_events():
            if event.type == "raw_response_event" and event.data.type == "response.created":
                text = ""
            elif event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
                text += event.data.delta
                if live:
                    print(event.data.delta, end="", file=self._out, flush=True)
            elif event.type == "run_item_stream_event":
                self._note(event.item)
            elif event.type == "agent_updated_stream_event":
                self.note(f"[{event.new_agent.name}]")
        if text:
            print("" if live else text, file=self._out, flush=True)
        self.shown = text

    def note(self, text: str) -> None:
        """A line beside the text."""
        print(text, file=self._notes, flush=True)

    def end(self, output: str) -> None:
        """The run's final output, unless it has just been shown."""
        if output.strip() != self.shown.strip():
            print(output, file=self._out, flush=True)

    def _note(self, item: object) -> None:
        match item:
            case ToolCallItem():
                self.note(
                    f"  calls {getattr(item.raw_item, 'name', 'a tool')} {getattr(item.raw_item, 'arguments', '')}"
                )
            case ToolCallOutputItem():
                self.note(f"  got {str(item.output)[:200]}")
            case HandoffOutputItem():
                self.note(f"  hands off to {item.target_agent.name}")
