"""The timeline as a Plotly figure (plain data): colour for states, pattern and words besides."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from studio.view_models.numbers import duration
from studio.view_models.trace_clock import Cut, ticks
from studio.view_models.trace_timeline import Bar, Lane, Timeline

ROW_HEIGHT = 26
MARGIN_TOP = 56
MARGIN_BOTTOM = 36
LETTERS = 68
"""How many letters fit on the whole axis of a narrow chart."""
Figure = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BarLook:
    """How bars of one look are drawn, in a light and in a dark theme."""

    word: str
    light: str
    dark: str
    pattern: str = ""

    def colour(self, *, dark: bool) -> str:
        """The fill."""
        return self.dark if dark else self.light


LOOKS = {
    "model": BarLook("Model call", "#8d99ae", "#6b7890"),
    "tool": BarLook("Tool call", "#c3cbd9", "#475166"),
    "handoff": BarLook("Handoff", "#5b6779", "#a3b0c4"),
    "guardrail": BarLook("Guardrail", "#c3cbd9", "#475166", "."),
    "mcp_tools": BarLook("MCP tools", "#c3cbd9", "#475166", "-"),
    "custom": BarLook("Step", "#c3cbd9", "#475166"),
    "step": BarLook("Step of the workflow", "#dfe3ea", "#333b49"),
    "waiting": BarLook("Waits for a person", "#f3c68b", "#9a5b13", "/"),
    "open": BarLook("At work", "#8ab8f5", "#2860b0", "\\"),
    "paused": BarLook("Paused", "#d5d9e0", "#3a4252", "\\"),
    "error": BarLook("Failed", "#ef9a9a", "#b3393f", "x"),
    "rejected": BarLook("Rejected", "#ef9a9a", "#b3393f", "+"),
    "cancelled": BarLook("Cancelled", "#d5d9e0", "#3a4252", "|"),
    "lost": BarLook("Lost, end unknown", "#f3c68b", "#9a5b13", "-"),
}


def figure_height(timeline: Timeline) -> int:
    """Height in pixels."""
    return min(1400, timeline.rows * ROW_HEIGHT + MARGIN_TOP + MARGIN_BOTTOM)


def timeline_figure(timeline: Timeline, *, selected: str | None = None, dark: bool = False) -> Figure:
    """Data and layout; `customdata` of a bar holds the id of its span."""
    looks = [name for name in LOOKS if any(bar.look == name for bar in timeline.bars)]
    ink = "#e6e9ef" if dark else "#1f2430"
    traces = []
    for name in looks:
        bars = [bar for bar in timeline.bars if bar.look == name]
        traces.append(_trace(bars, LOOKS[name], timeline.clock.width, dark=dark, ink=ink))
    layout = _layout(timeline, ink, dark=dark)
    layout["shapes"] += [_frame(bar, ink) for bar in timeline.bars if bar.id == selected]
    return {"data": traces, "layout": layout}


def _trace(bars: Sequence[Bar], look: BarLook, width: float, *, dark: bool, ink: str) -> Figure:
    return {
        "type": "bar",
        "orientation": "h",
        "name": look.word,
        "base": [bar.start for bar in bars],
        "x": [bar.width for bar in bars],
        "y": [bar.row for bar in bars],
        "width": 0.78,
        "customdata": [[bar.id] for bar in bars],
        "text": [escape(_fitting(bar.title, bar.width / width)) for bar in bars],
        "textposition": "inside",
        "insidetextanchor": "start",
        "constraintext": "none",
        "textfont": {"color": ink, "size": 12},
        "textangle": 0,
        "hovertext": [_hover(bar) for bar in bars],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "color": look.colour(dark=dark),
            "line": {"width": 0},
            "pattern": {"shape": look.pattern, "fillmode": "overlay", "fgcolor": ink, "fgopacity": 0.3, "size": 6},
        },
        "unselected": {"marker": {"opacity": 1}},
    }


def _hover(bar: Bar) -> str:
    return "<br>".join([f"<b>{escape(bar.title)}</b>", *(escape(line) for line in bar.lines)])


def _layout(timeline: Timeline, ink: str, *, dark: bool) -> Figure:
    band = "rgba(255,255,255,0.035)" if dark else "rgba(20,30,50,0.035)"
    steps = ticks(timeline.clock)
    return {
        "barmode": "overlay",
        "height": figure_height(timeline),
        "margin": {"l": 8, "r": 8, "t": MARGIN_TOP, "b": MARGIN_BOTTOM},
        "bargap": 0,
        "dragmode": "pan",
        "hovermode": "closest",
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "font": {"color": ink},
        },
        "xaxis": {
            "range": [-timeline.clock.width * 0.005, timeline.clock.width * 1.01],
            "tickvals": [place for place, _, _ in steps],
            "ticktext": [_tick(seconds, after_wait=after) for _, seconds, after in steps],
            "tickfont": {"color": ink},
            "showgrid": True,
            "zeroline": False,
        },
        "yaxis": {
            "range": [timeline.rows - 0.5, -0.5],
            "fixedrange": timeline.rows <= 40,
            "tickvals": [lane.first + (lane.rows - 1) / 2 for lane in timeline.lanes],
            "ticktext": [escape(_short(lane.agent)) for lane in timeline.lanes],
            "tickfont": {"color": ink, "size": 13},
            "automargin": True,
            "showgrid": False,
            "zeroline": False,
        },
        "shapes": [
            *(_band(lane, band) for lane in timeline.lanes[::2]),
            *(_cut_shape(cut, ink) for cut in timeline.clock.cuts),
        ],
        "annotations": [_cut_note(cut, ink) for cut in timeline.clock.cuts],
    }


def _frame(bar: Bar, ink: str) -> Figure:
    return {
        "type": "rect",
        "x0": bar.start,
        "x1": bar.start + bar.width,
        "y0": bar.row - 0.42,
        "y1": bar.row + 0.42,
        "line": {"width": 2.5, "color": ink},
    }


def _fitting(title: str, share: float) -> str:
    """As much of a title as fits into a bar that takes that share of the axis."""
    letters = int(share * LETTERS)
    if len(title) <= letters:
        return title
    return f"{title[: letters - 1]}…" if letters >= 5 else ""


def _tick(seconds: float, *, after_wait: bool) -> str:
    text = duration(seconds) if seconds else "0"
    return f"+{text}" if after_wait else text


def _band(lane: Lane, colour: str) -> Figure:
    return {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": lane.first - 0.5,
        "y1": lane.first + lane.rows - 0.5,
        "fillcolor": colour,
        "line": {"width": 0},
        "layer": "below",
    }


def _cut_shape(cut: Cut, ink: str) -> Figure:
    return {
        "type": "rect",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": cut.start,
        "x1": cut.end,
        "fillcolor": "rgba(128,128,128,0.12)",
        "line": {"width": 1, "dash": "dot", "color": ink},
        "opacity": 0.6,
        "layer": "below",
    }


def _cut_note(cut: Cut, ink: str) -> Figure:
    return {
        "x": (cut.start + cut.end) / 2,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "text": f"{duration(cut.seconds)} wait",
        "showarrow": False,
        "font": {"size": 12, "color": ink},
    }


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"
