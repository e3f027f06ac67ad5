"""`mail-sink serve`: the mail server and its page in one process."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import control_port
from control_port import CannotServe, start_site, stop_signal, why
from mail_sink.control import control_app
from mail_sink.sink import MailSink, Tls


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


async def serve(settings: ServeSettings) -> None:
    """Until SIGTERM or SIGINT. Raises CannotServe."""
    # The library tells of each login that one of its own fields is old.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    stop = stop_signal()
    async with AsyncExitStack() as stack:
        sink = await _start_sink(stack, settings)
        port = await start_site(stack, control_app(sink), settings.host, settings.control)
        print(f"smtp: {sink.host}:{sink.port} (tls {sink.tls})")
        print(f"control: http://{settings.host}:{port}", flush=True)
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
        reason = why(error, f"{settings.host}:{settings.smtp}")
        raise CannotServe(f"the mail server cannot start: {reason}") from error


def run(settings: ServeSettings) -> int:
    """Exit code: 0 after a signal, 1 when it could not start."""
    return control_port.run("mail-sink", serve(settings))
