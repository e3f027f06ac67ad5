"""Command line: `mail-sink serve | status | mails | show | forget | fault | clear`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from control_port import ControlError
from control_port.arguments import asks_control_port, fault_list, port
from mail_sink.client import MailControl
from mail_sink.fault import MEANING
from mail_sink.mailbox import MOST_MAILS
from mail_sink.serve import ServeSettings, run
from mail_sink.sink import Tls

_DEFAULT_CONTROL = "http://127.0.0.1:9190"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.command == "serve":
        return _serve(options)
    try:
        return _control(options)
    except ControlError as error:
        print(f"mail-sink: {error}", file=sys.stderr)
        return 1


def _serve(options: argparse.Namespace) -> int:
    return run(
        ServeSettings(
            smtp=options.smtp,
            control=options.control,
            host=options.host,
            tls=options.tls,
            login=options.login,
            certificate=options.certificate,
            most_mails=options.most,
        )
    )


def _control(options: argparse.Namespace) -> int:
    client = MailControl(options.control)
    match options.command:
        case "status":
            print(_status_line(client.state()))
        case "mails":
            for mail in client.mails():
                print(_mail_line(mail))
        case "show":
            print(_letter(client.mail(options.number)))
        case "forget":
            print(f"forgot {client.forget()} mails")
        case "fault":
            client.set_fault(options.fault, options.value, options.address)
        case "clear":
            client.clear(options.fault)
    return 0


def _status_line(state: dict[str, Any]) -> str:
    faults = ", ".join(_fault_words(fault) for fault in state["faults"]) or "no faults"
    where = f"{state['host']}:{state['port']}"
    return f"{where}  tls {state['tls']}  {state['mails']} of {state['taken']} mails  {faults}"


def _fault_words(fault: dict[str, Any]) -> str:
    more = fault["address"] or fault["value"]
    return f"{fault['fault']} {more}" if more else str(fault["fault"])


def _mail_line(mail: dict[str, Any]) -> str:
    to = ", ".join(mail["recipients"])
    return f"{mail['number']:4}  {mail['received_at']}  to {to}  {mail['subject']}"


def _letter(mail: dict[str, Any]) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in mail["headers"])
    return f"{headers}\n\n{mail['text'] or mail['html'] or ''}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mail-sink", description="A mail server that keeps every mail and delivers none."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_serve(commands.add_parser("serve", help="take mails until Ctrl-C"))
    control = asks_control_port(_DEFAULT_CONTROL)
    commands.add_parser("status", parents=[control], help="show how the server is")
    commands.add_parser("mails", parents=[control], help="list the mails")
    show = commands.add_parser("show", parents=[control], help="show a mail")
    show.add_argument("number", type=int)
    commands.add_parser("forget", parents=[control], help="forget all mails")
    fault = commands.add_parser(
        "fault",
        parents=[control],
        help="break the server",
        epilog=fault_list(MEANING),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    fault.add_argument("fault")
    fault.add_argument("--value", type=float, help="tries or seconds, where the fault has one")
    fault.add_argument("--address", help="the recipient, where the fault has one")
    clear = commands.add_parser("clear", parents=[control], help="mend the server")
    clear.add_argument("fault", nargs="?", help="all of them, if none is named")
    return parser


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--smtp", type=port, default=9025, metavar="PORT", help="0 takes a free one"
    )
    parser.add_argument("--control", type=port, default=9190, metavar="PORT")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--tls", type=Tls, choices=list(Tls), default=Tls.NONE)
    parser.add_argument(
        "--login", type=_login, metavar="USER:PASSWORD", help="without it everybody may send"
    )
    parser.add_argument(
        "--certificate", type=Path, metavar="FILE", help="write the certificate for clients here"
    )
    parser.add_argument("--most", type=_count, default=MOST_MAILS, metavar="MAILS")


def _login(text: str) -> tuple[str, str]:
    user, separator, password = text.partition(":")
    if not separator or not user:
        raise argparse.ArgumentTypeError("it must be USER:PASSWORD")
    return user, password


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of mails")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
