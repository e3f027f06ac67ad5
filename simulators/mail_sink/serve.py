"""`mail-sink serve`: the mail server and its page in one process."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from mail_sink.control import control_app
from mail_sink.sink import MailSink, Tls

_SHUTDOWN_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """What the command line says. The server's certificate is written to `certificate`."""

    smtp: int
    control: int
    host: str
    tls: Tls
    login: tuple[str, str] | None
    certificate: Path | None
    most_mails: int


class CannotServe(Exception):
    """The mail server cannot start; the message says why."""


async def serve(settings: ServeSettings) -> None:
    """Until SIGTERM or SIGINT. Raises CannotServe."""
    # The library tells of each login that one of its own fields is old.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        sink = await _start_sink(stack, settings)
        control_port = await _start_control(stack, settings, sink)
        print(f"smtp: {sink.host}:{sink.port} (tls {sink.tls})")
        print(f"control: http://{settings.host}:{control_port}", flush=True)
        await stop.wait()


async def _start_sink(stack: AsyncExitStack, settings: ServeSettings) -> MailSink:
    sink = MailSink(
        host=settings.host,
        port=settings.smtp,
        tls=settings.tls,
        login=settings.login,
        most_mails=settings.most_mails,
    )
    try:
        if settings.certificate and sink.certificate:
            sink.certificate.write(settings.certificate)
        return await stack.enter_async_context(sink)
    except OSError as error:
        why = _why(error, settings.host, settings.smtp)
        raise CannotServe(f"the mail server cannot start: {why}") from error


async def _start_control(stack: AsyncExitStack, settings: ServeSettings, sink: MailSink) -> int:
    runner = web.AppRunner(control_app(sink), access_log=None, shutdown_timeout=_SHUTDOWN_S)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, settings.host, settings.control)
    try:
        await site.start()
    except OSError as error:
        why = _why(error, settings.host, settings.control)
        raise CannotServe(f"the control port cannot start: {why}") from error
    return int(runner.addresses[0][1])


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken by another program"
    return str(error)


def run(settings: ServeSettings) -> int:
    """Exit code: 0 after a signal, 1 when it could not start."""
    try:
        asyncio.run(serve(settings))
    except CannotServe as error:
        print(f"mail-sink: {error}", file=sys.stderr)
        return 1
    return 0
