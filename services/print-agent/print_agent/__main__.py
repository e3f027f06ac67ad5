"""The command `print-agent`: a signal is heeded before the imports, which take half a second."""

from __future__ import annotations

import sys

from bonfire import early_stop


def main() -> int:
    early_stop.heed_signals()
    if early_stop.serves():
        from print_agent import service

        return service.serve()
    from print_agent import command_line

    return command_line.main()


if __name__ == "__main__":
    sys.exit(main())
