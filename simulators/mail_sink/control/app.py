"""Routes and answers of the web port."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aiohttp import web

from control_port import LARGEST_BODY_BYTES, errors_as_json, json_object, number
from mail_sink.control.live import LiveView
from mail_sink.control.snapshot import mail_snapshot, mail_summary, sink_snapshot
from mail_sink.fault import MEANING
from mail_sink.mailbox import Mail
from mail_sink.sink import MailSink

_HERE: Final = Path(__file__).parent
_PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A mail is a stranger's page: it gets no script, no form, no origin and nothing from elsewhere,
# also when somebody opens it outside of our frame.
_MAIL_POLICY: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self'"
)

_FAULT_FIELDS: Final = frozenset({"fault", "value", "address"})

SINK: Final = web.AppKey("sink", MailSink)


def control_app(sink: MailSink) -> web.Application:
    """The application for this mail server."""
    app = web.Application(middlewares=[errors_as_json], client_max_size=LARGEST_BODY_BYTES)
    app[SINK] = sink
    live = LiveView(sink)
    app.router.add_get("/", _page)
    app.router.add_get(r"/page{suffix:\.(?:css|js)}", _page_part)
    app.router.add_get("/api/events", live.stream)
    app.router.add_get("/api/state", _show_state)
    app.router.add_get("/api/mails", _list_mails)
    app.router.add_delete("/api/mails", _forget_mails)
    app.router.add_get(r"/api/mails/{number:\d+}", _show_mail)
    app.router.add_get(r"/api/mails/{number:\d+}.eml", _show_bytes)
    app.router.add_get(r"/api/mails/{number:\d+}.html", _show_html)
    app.router.add_get("/api/faults", _fault_names)
    app.router.add_post("/api/faults", _set_fault)
    app.router.add_delete("/api/faults", _clear_all)
    app.router.add_delete("/api/faults/{fault}", _clear_one)
    app.on_response_prepare.append(_harden)
    app.on_shutdown.append(live.close)
    return app


async def _harden(request: web.Request, response: web.StreamResponse) -> None:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; sandbox")


async def _page(request: web.Request) -> web.StreamResponse:
    headers = {"Content-Security-Policy": _PAGE_POLICY, "Referrer-Policy": "no-referrer"}
    return web.FileResponse(_HERE / "page.html", headers=headers)


async def _page_part(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(_HERE / f"page{request.match_info['suffix']}")


async def _show_state(request: web.Request) -> web.Response:
    return web.json_response(sink_snapshot(request.app[SINK]))


async def _list_mails(request: web.Request) -> web.Response:
    """Oldest first; `?since=N` leaves out those up to number N, `?to=` those to others."""
    since = request.query.get("since", "0")
    if not since.isdecimal():
        raise web.HTTPBadRequest(text="since must be a mail's number")
    recipient = request.query.get("to", "").casefold()
    return web.json_response(
        [
            mail_summary(mail)
            for mail in request.app[SINK].mails
            if mail.number > int(since)
            and (not recipient or recipient in map(str.casefold, mail.recipients))
        ]
    )


async def _forget_mails(request: web.Request) -> web.Response:
    return web.json_response({"forgotten": request.app[SINK].forget_mails()})


async def _show_mail(request: web.Request) -> web.Response:
    return web.json_response(mail_snapshot(_mail(request)))


async def _show_bytes(request: web.Request) -> web.Response:
    mail = _mail(request)
    return web.Response(
        body=mail.content,
        content_type="message/rfc822",
        headers={"Content-Disposition": f'attachment; filename="{mail.number}.eml"'},
    )


async def _show_html(request: web.Request) -> web.Response:
    mail = _mail(request)
    if mail.reading.html is None:
        raise web.HTTPNotFound(text=f"mail {mail.number} has no HTML")
    return web.Response(
        text=mail.reading.html,
        content_type="text/html",
        headers={"Content-Security-Policy": _MAIL_POLICY, "Referrer-Policy": "no-referrer"},
    )


async def _fault_names(request: web.Request) -> web.Response:
    return web.json_response({str(name): meaning for name, meaning in MEANING.items()})


async def _set_fault(request: web.Request) -> web.Response:
    """`{"fault": "greylist", "value": 2}` or `{"fault": "unknown-address", "address": "a@b.c"}`."""
    sink = request.app[SINK]
    body = await json_object(request, _FAULT_FIELDS)
    await sink.set_fault(
        str(body.get("fault", "")),
        value=number(body.get("value"), "value"),
        address=_address(body.get("address")),
    )
    return web.json_response(sink_snapshot(sink), status=201)


async def _clear_all(request: web.Request) -> web.Response:
    sink = request.app[SINK]
    await sink.clear_fault()
    return web.json_response(sink_snapshot(sink))


async def _clear_one(request: web.Request) -> web.Response:
    sink = request.app[SINK]
    await sink.clear_fault(request.match_info["fault"])
    return web.json_response(sink_snapshot(sink))


def _mail(request: web.Request) -> Mail:
    number = int(request.match_info["number"])
    mail = request.app[SINK].mailbox.mail(number)
    if mail is None:
        raise web.HTTPNotFound(text=f"there is no mail {number}, or no longer")
    return mail


def _address(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 320:
        raise web.HTTPBadRequest(text="address must be a mail address")
    return value
