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
    parser.add_argument("--postgres", action="store_true", help="on a private PostgreSQL server, not on SQLite")
    parser.add_argument("--only-print", action="store_true", help="leave the table of results as it is")
    chosen = parser.parse_args()
    known = [name for name, point in POINTS.items() if chosen.postgres or not point.trouble]
    wanted = [name for name in known if name.startswith(tuple(chosen.points))]
    database = "PostgreSQL" if chosen.postgres else "SQLite"
    seeds = range(chosen.first, chosen.first + chosen.times)
    with new_matrix(postgres=chosen.postgres) as matrix:
        rows = [_row(matrix, Row(name, database), seeds, is_kept=not chosen.only_print) for name in wanted]
    sys.exit(any(row.wrong for row in rows))


def _row(matrix: Matrix, row: Row, seeds: range, *, is_kept: bool) -> Row:
    began, cpu = time.monotonic(), _cpu()
    for seed in seeds:
        row.add(matrix.attempt(row.point, POINTS[row.point], seed))
    seconds, used = (time.monotonic() - began) / len(seeds), (_cpu() - cpu) / len(seeds)
    print(f"{row}  {seconds:.2f} s a try, {used:.2f} s of the processor", flush=True)
    for fault in dict.fromkeys(row.faults):
        print(f"      {fault[:300]}", flush=True)
    if is_kept:
        # One by one: all of it takes long, and may be done in pieces.
        write_table([row])
    return row


def _cpu() -> float:
    return sum(os.times()[:4])


if __name__ == "__main__":
    main()
