"""Benchmarks: every figure beside its floor, measured in the same run.

One file per figure, all of one shape: a `Size`, a `measure` that gives ratios, and a
FIGURE that names both. `python -m bench` runs all of them and prints one table.
"""
