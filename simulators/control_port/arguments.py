"""Arguments that every simulator's command line takes."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from control_port.fault import Name


def port(text: str) -> int:
    """For `type=`."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


def asks_control_port(default: str) -> argparse.ArgumentParser:
    """For `parents=`: commands that ask a simulator which runs already."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--control", default=default, metavar="URL")
    return parser


def fault_list(meanings: Mapping[Name, str]) -> str:
    """For `epilog=`."""
    lines = "\n".join(f"  {name:18} {meaning}" for name, meaning in meanings.items())
    return f"faults:\n{lines}"
