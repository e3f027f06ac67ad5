"""The one way in which something that Wix sent is refused."""

from __future__ import annotations

from bonfire.errors import Permanent


class WixRefused(Permanent):
    """What Wix sent cannot be accepted; the sentence never repeats any of it."""
