"""`python -m bench`: one line per figure, and all of them as JSON. Ctrl-C leaves nothing behind."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import uvloop

from bench import cpu, disk, healing, latency, mails, paper, rest, start, throughput, tickets
from bench.bare import KEYS
from bench.figures import Figure
from bench.processes import MeasurementFailed
from bench.queues import connected
from bench.site import AGENTS, Site, built_site

ROOT: Final = Path(__file__).parents[1]
SECONDS: Final = 28.0

Measure = Callable[[Site, float], Awaitable[list[Figure]]]


async def _fsync(site: Site, seconds: float) -> list[Figure]:
    return disk.measure(site.directory, seconds)


async def _paper(site: Site, seconds: float) -> list[Figure]:
    return paper.measure(site, seconds)


async def _cpu(site: Site, seconds: float) -> list[Figure]:
    return cpu.measure(site, seconds)


MEASUREMENTS: Final[dict[str, Measure]] = {
    "fsync": _fsync,
    "cpu": _cpu,
    "paper": _paper,
    "start": start.measure,
    "latency": latency.measure,
    "tickets": tickets.measure,
    "throughput": throughput.measure,
    "mails": mails.measure,
    "rest": rest.measure,
    "healing": healing.measure,
}


def main() -> int:
    given = _parser().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end as after Ctrl-C
    begun = datetime.now(UTC)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            figures = runner.run(_measure(given.only, given.seconds))
    except MeasurementFailed as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except TimeoutError:
        print("bench: a measurement did not end in time; is the machine busy?", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: interrupted", file=sys.stderr)
        return 130
    _write(given.json, begun, figures)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure Bonfire on this machine, on its loopback."
    )
    names = list(MEASUREMENTS)
    parser.add_argument(
        "--only", nargs="+", choices=names, default=names, metavar="NAME", help=", ".join(names)
    )
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help="the most for each (default: %(default)g)"
    )
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "bench.json", metavar="FILE")
    return parser


async def _measure(names: Sequence[str], seconds: float) -> list[Figure]:
    figures: list[Figure] = []
    async with built_site() as site:
        async with connected(site.amqp_url) as queues:
            await queues.declare([*AGENTS, *KEYS])
        for name, measure in MEASUREMENTS.items():
            if name in names:
                for figure in await measure(site, seconds):
                    figures.append(figure)
                    print(figure.line(), flush=True)
    return figures


def _write(file: Path, begun: datetime, figures: Sequence[Figure]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "date": begun.isoformat(timespec="seconds"),
        "revision": _revision(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "load_1min": os.getloadavg()[0],
        "figures": [figure.as_json() for figure in figures],
    }
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _revision() -> str:
    """Empty outside of a git checkout."""
    git = shutil.which("git")
    if git is None:
        return ""
    describe = [git, "-C", str(ROOT), "describe", "--always", "--dirty"]
    return subprocess.run(describe, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
