"""Runs the kill matrix by hand: `python -m tests.kill_matrix [--points …] [--times 20]`."""

import argparse
import os
import sys
import time

from tests.kill_matrix.points import POINTS
from tests.kill_matrix.table import Row, write_table
from tests.kill_matrix.tries import Matrix, new_matrix


def main() -> None:
    """Ends with 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill_matrix")
    parser.add_argument("--points", nargs="*", default=[""], help="beginnings of the names of points")
    parser.add_argument("--times", type=int, default=20, help="how often each point is tried")
    parser.add_argument("--first", type=int, default=1, help="number of the first try")
    chosen = parser.parse_args()
    wanted = [name for name in POINTS if name.startswith(tuple(chosen.points))]
    with new_matrix() as matrix:
        rows = [_row(matrix, name, range(chosen.first, chosen.first + chosen.times)) for name in wanted]
    write_table(rows)
    sys.exit(any(row.wrong for row in rows))


def _row(matrix: Matrix, name: str, seeds: range) -> Row:
    row = Row(name)
    began, cpu = time.monotonic(), _cpu()
    for seed in seeds:
        row.add(matrix.attempt(name, POINTS[name], seed))
    seconds, used = (time.monotonic() - began) / len(seeds), (_cpu() - cpu) / len(seeds)
    print(f"{row}  {seconds:.2f} s a try, {used:.2f} s of the processor", flush=True)
    for fault in dict.fromkeys(row.faults):
        print(f"      {fault[:300]}", flush=True)
    return row


def _cpu() -> float:
    return sum(os.times()[:4])


if __name__ == "__main__":
    main()
