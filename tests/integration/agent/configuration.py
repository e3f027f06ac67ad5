"""A restaurant's `bonfire.toml` whose printers are on this machine."""

from __future__ import annotations

from pathlib import Path


def write_config(folder: Path, kitchen: int, bar: int) -> Path:
    """For the print host "altstadt", with the ports of its two printers."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "bonfire.toml"
    path.write_text(
        f"""
[organisation]
id = "bosco"
name = "Gasthaus Bosco"

[defaults]
timezone = "Europe/Berlin"

[defaults.printer]
connect_timeout_s = 0.5
status_timeout_s = 0.3
confirm_timeout_s = 0.5
idle_close_s = 0.2

[[locations]]
id = "altstadt"
name = "Altstadt"
default_station = "kitchen"

[[locations.stations]]
id = "kitchen"
name = "KÜCHE"
printer = "kitchen-1"

[[locations.stations]]
id = "bar"
name = "BAR"
printer = "bar-1"

[[locations.routes]]
sections = ["Getränke"]
stations = ["bar"]

[[locations.printers]]
id = "kitchen-1"
address = "tcp://127.0.0.1:{kitchen}"

[[locations.printers]]
id = "bar-1"
address = "tcp://127.0.0.1:{bar}"
""",
        "utf-8",
    )
    return path
