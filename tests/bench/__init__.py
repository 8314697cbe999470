"""Benchmarks, run by hand: `uv run python -m tests.bench.NAME`. Ratios within one run count."""
