"""Repeatable measurements of the whole, beside what the machine itself can do.

`make bench` runs them; `docs/measurements.md` says what each one means.
"""
