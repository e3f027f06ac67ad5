"""The machine whose ports are looked at: its /sys and /dev, and what this process may open."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


def _may_open(node: Path) -> bool:
    return os.access(node, os.R_OK | os.W_OK)


@dataclass(frozen=True, slots=True)
class Machine:
    """`root` has `sys` and `dev` in it; everything else is by its name on the machine itself."""

    root: Path = Path("/")
    may_open: Callable[[Path], bool] = _may_open

    def path(self, name: str) -> Path:
        """Where a file of this name, such as "/dev/usb/lp0", really is."""
        return self.root / name.lstrip("/")

    def node(self, name: str) -> Path:
        """The name at the end of every link from this one."""
        resolved = self.path(name).resolve()
        root = self.root.resolve()
        return Path("/") / resolved.relative_to(root) if resolved.is_relative_to(root) else resolved

    def permits(self, name: str) -> bool:
        return self.may_open(self.path(name))

    def text(self, file: Path) -> str:
        """ "" for what a device does not tell, or the kernel does not let us read."""
        try:
            return file.read_text("utf-8", "replace").strip()
        except OSError:
            return ""
