"""A request whose peer has gone before its turn came."""

from __future__ import annotations

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bonfire.web.server import HttpServer


async def test_it_is_handled_like_any_other():
    app = web.Application()
    HttpServer(app, "127.0.0.1", 0)
    middleware = app.middlewares[0]

    async def handler(_: web.Request) -> web.Response:
        raise web.HTTPNotFound

    answer = await middleware(make_mocked_request("GET", "/"), handler)
    assert isinstance(answer, web.Response)
    assert answer.status == 404
    assert answer.content_type == "application/problem+json"
