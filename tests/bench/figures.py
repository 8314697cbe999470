"""What benchmarks report: figures with goals, and the table of them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing. Without a goal it only explains the others."""

    name: str
    p50: float
    p95: float
    unit: str = "ms"
    goal: float | None = None
    goal_p95: float | None = None

    @property
    def met(self) -> str:
        """`yes` or `no`; `-` without a goal."""
        if self.goal is None:
            return "-"
        return "yes" if self.p50 <= self.goal and (self.goal_p95 is None or self.p95 <= self.goal_p95) else "no"

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        goal = "" if self.goal is None else f"<= {self.goal:g} {self.unit}"
        tail = "" if self.goal_p95 is None else f", p95 <= {self.goal_p95:g}"
        return self.name, self._shown(self.p50), self._shown(self.p95), goal + tail, self.met

    def _shown(self, value: float) -> str:
        return f"{value:.0f} {self.unit}" if value >= 100 else f"{value:.3g} {self.unit}"


def figure_of(
    name: str,
    values: Sequence[float],
    *,
    unit: str = "ms",
    goal: float | None = None,
    goal_p95: float | None = None,
) -> Figure:
    """The figure of measured values."""
    return Figure(name, percentile(values, 50), percentile(values, 95), unit, goal, goal_p95)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` percent of all do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, min(len(ranked) - 1, round(share / 100 * len(ranked) + 0.5) - 1))]


def print_table(figures: Sequence[Figure]) -> None:
    """Print figures below each other."""
    rows = [("", "p50", "p95", "goal", "met"), *(figure.cells() for figure in figures)]
    widths = [max(len(row[at]) for row in rows) for at in range(5)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
