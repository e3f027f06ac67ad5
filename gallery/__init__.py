"""Every ticket that there can be, drawn: `make preview` shows them, the golden tests keep them.

It stands outside of the services since it needs two of them: one plans jobs, the other prints them.
"""
