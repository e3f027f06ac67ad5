"""`mail-sink` as people start it: a process with signals and exit codes."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import smtplib
import socket
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from tests.integration.mail_sink.conftest import letter

WITHIN_S = 20.0


@dataclass
class Running:
    process: asyncio.subprocess.Process
    smtp_port: int
    control: str


async def start(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "mail_sink",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    process = await start(*arguments)
    out, error = await asyncio.wait_for(process.communicate(), WITHIN_S)
    return process.returncode or 0, out.decode(), error.decode()


@asynccontextmanager
async def serving(*options: str) -> AsyncIterator[Running]:
    process = await start("serve", "--smtp", "0", "--control", "0", *options)
    assert process.stdout
    try:
        smtp, control = [
            (await asyncio.wait_for(process.stdout.readline(), WITHIN_S)).decode() for _ in range(2)
        ]
        port = int(smtp.split(":")[2].split()[0])
        yield Running(process, port, control.removeprefix("control: ").strip())
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def test_mails_and_faults_go_through_the_command_line():
    async with serving() as running:

        def deliver() -> None:
            with smtplib.SMTP("127.0.0.1", running.smtp_port) as client:
                client.send_message(letter())

        await asyncio.to_thread(deliver)
        here = ("--control", running.control)
        _, said, _ = await run("mails", *here)
        assert "to berta@bosco.example  Papier ist aus: Küche" in said
        _, said, _ = await run("show", "1", *here)
        assert "Subject: Papier ist aus: Küche" in said
        assert said.rstrip().endswith("Grüße")
        assert await run("fault", "greylist", "--value", "2", *here) == (0, "", "")
        _, said, _ = await run("status", *here)
        assert "1 of 1 mails  greylist 2.0" in said
        assert await run("clear", *here) == (0, "", "")
        assert (await run("forget", *here))[1] == "forgot 1 mails\n"
        code, _, error = await run("fault", "fire", *here)
        assert (code, "no fault 'fire'" in error) == (1, True)
        code, _, error = await run("show", "1", *here)
        assert (code, "there is no mail 1" in error) == (1, True)


async def test_the_certificate_is_written_for_clients_to_trust(tmp_path):
    file = tmp_path / "ca.pem"
    async with serving(
        "--tls", "starttls", "--certificate", str(file), "--login", "berta:geheim"
    ) as running:

        def deliver() -> None:
            with smtplib.SMTP("127.0.0.1", running.smtp_port) as client:
                client.starttls(context=ssl.create_default_context(cafile=str(file)))
                client.login("berta", "geheim")
                client.send_message(letter())

        await asyncio.to_thread(deliver)
        running.process.send_signal(signal.SIGTERM)
        _, error = await asyncio.wait_for(running.process.communicate(), WITHIN_S)
    assert running.process.returncode == 0
    assert error == b""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_it_even_with_a_client_and_a_watcher(number):
    async with serving() as running:
        port = int(running.control.rpartition(":")[2])
        watcher, page = await asyncio.open_connection("127.0.0.1", port)
        page.write(b"GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n")
        await watcher.readline()
        client, mail = await asyncio.open_connection("127.0.0.1", running.smtp_port)
        await client.readline()
        running.process.send_signal(number)
        await asyncio.wait_for(running.process.wait(), WITHIN_S)
        page.close()
        mail.close()
    assert running.process.returncode == 0


@pytest.mark.parametrize(
    ("option", "what"), [("--smtp", "the mail server"), ("--control", "the control port")]
)
async def test_a_taken_port_is_named(option, what):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        code, _, error = await run("serve", "--smtp", "0", "--control", "0", option, port)
    assert code == 1
    assert f"{what} cannot start: 127.0.0.1:{port} is taken" in error


async def test_a_certificate_that_cannot_be_written_is_told(tmp_path):
    file = tmp_path / "nowhere" / "ca.pem"
    code, _, error = await run(
        "serve", "--smtp", "0", "--control", "0", "--tls", "tls", "--certificate", str(file)
    )
    assert code == 1
    assert "No such file" in error


async def test_without_a_server_the_command_says_so():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        code, _, error = await run("status", "--control", f"http://127.0.0.1:{port}")
    assert code == 1
    assert "does not answer" in error
