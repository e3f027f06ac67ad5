"""Writes every dashboard as the JSON that Grafana reads: `python -m grafana.build FOLDER`."""

from __future__ import annotations

import argparse
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana import today


def dashboards() -> dict[str, str]:
    """The text of every dashboard, by the name of its file."""
    encoder = JSONEncoder(sort_keys=True, indent=2)
    return {"today.json": encoder.encode(today.dashboard()) + "\n"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m grafana.build", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    for name, text in dashboards().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
