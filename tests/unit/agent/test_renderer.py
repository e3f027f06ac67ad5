"""Where a ticket is rendered: at once, or in a thread while the loop goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from bonfire.errors import Permanent, Reason
from bonfire.messages import PrintJob
from bonfire.order import Item
from print_agent import renderer
from print_agent.profiles import Profiles
from print_agent.renderer import Renderer
from print_agent.ticket import Earlier, Slip, render_ticket
from print_agent.ticket.slip import Replaced
from tests.support import configs
from tests.unit.ticket.samples import PRINTED, SLIP, job, order

LOADED = configs.config()
PRINTER = LOADED.location("altstadt").printer("kitchen-1")
PROFILES = Profiles(LOADED, LOADED.agents[0])
SOUP = job(order(Item(name="Käsesuppe für Jörg, 5 €")))
DUCK = job(order(Item(name="北京烤鸭")))
TAKES_DUCK_BACK = Slip("0417", PRINTED, replaces=Replaced(Earlier("0412", PRINTED), DUCK.order))
SECONDS = 5.0  # until a test has failed

Render = Callable[..., bytes]


@pytest.fixture
def render_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[Render], Renderer]:
    def made(render: Render) -> Renderer:
        monkeypatch.setattr(renderer, "render_ticket", render)
        return Renderer(PROFILES)

    return made


@pytest.mark.parametrize("one", [SOUP, DUCK])
async def test_the_ticket_is_the_same_wherever_it_is_rendered(one: PrintJob):
    expected = render_ticket(one, SLIP, PROFILES.of(one, PRINTER))
    assert await Renderer(PROFILES).render(PRINTER, one, SLIP) == expected


@pytest.mark.parametrize(
    ("one", "slip", "is_beside"),
    [(SOUP, SLIP, False), (DUCK, SLIP, True), (SOUP, TAKES_DUCK_BACK, True)],
)
async def test_only_what_is_not_in_the_printers_letters_leaves_the_loop(
    render_by, one: PrintJob, slip: Slip, is_beside: bool
):
    def render(*_: Any) -> bytes:
        return b"beside" if threading.current_thread() is not main else b"at once"

    main = threading.current_thread()
    assert await render_by(render).render(PRINTER, one, slip) == (
        b"beside" if is_beside else b"at once"
    )


async def test_the_loop_goes_on_meanwhile(render_by):
    was_seen = threading.Event()

    def render(*_: Any) -> bytes:
        loop.call_soon_threadsafe(was_seen.set)
        return b"goes on" if was_seen.wait(SECONDS) else b"stands"

    loop = asyncio.get_running_loop()
    assert await render_by(render).render(PRINTER, DUCK, SLIP) == b"goes on"


async def test_beside_the_loop_there_is_one_ticket_at_a_time(
    render_by, monkeypatch: pytest.MonkeyPatch
):
    begun, go_on = [], asyncio.Event()

    async def to_thread(*given: Any) -> bytes:
        begun.append(given)
        await go_on.wait()
        return b""

    monkeypatch.setattr(asyncio, "to_thread", to_thread)
    one = render_by(render_ticket)
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(one.render(PRINTER, DUCK, SLIP))
        for _ in range(10):
            await asyncio.sleep(0)
        assert len(begun) == 1
        go_on.set()
    assert len(begun) == 2


@pytest.mark.parametrize("one", [SOUP, DUCK])
async def test_what_cannot_be_rendered_is_told_from_either_place(render_by, one: PrintJob):
    def fail(*_: Any) -> bytes:
        raise Permanent(Reason.RENDER_ERROR, "the ticket could not be rendered")

    with pytest.raises(Permanent):
        await render_by(fail).render(PRINTER, one, SLIP)
