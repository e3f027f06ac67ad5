"""4 KB, and what happens at its edges."""

from __future__ import annotations

from escpos_paper import Kind
from virtual_printer.receive_buffer import (
    BUSY_BELOW_BYTES,
    READY_FROM_BYTES,
    SIZE_BYTES,
    ReceiveBuffer,
)


class Silence:
    def send(self, data: bytes) -> bool:
        return False


HOST = Silence()


def test_commands_come_out_in_the_order_of_the_wire():
    buffer = ReceiveBuffer()
    buffer.store(b"\x1b@A", HOST, at=1.0)
    buffer.store(b"B\n", HOST, at=2.0)
    taken = [buffer.take() for _ in range(len(buffer))]
    assert [entry.command.raw for entry in taken] == [b"\x1b@", b"A", b"B", b"\n"]
    assert [entry.ticket_bytes for entry in taken] == [2, 3, 4, 5]
    assert {entry.started_at for entry in taken} == {1.0}
    assert buffer.held_bytes == 0


def test_a_waiting_mechanism_always_has_room_for_the_rest_of_an_image():
    buffer = ReceiveBuffer()
    image = b"\x1dv0\x00\x48\x00\x00\x04" + bytes(72 * 1024)
    for start in range(0, len(image), SIZE_BYTES):
        assert buffer.free_bytes(stopped=False) == SIZE_BYTES
        buffer.store(image[start : start + SIZE_BYTES], HOST, at=0.0)
    assert buffer.take().command.kind is Kind.RASTER


def test_a_stopped_printer_takes_an_image_only_until_the_buffer_is_full():
    buffer = ReceiveBuffer()
    buffer.store(b"\x1dv0\x00\x48\x00\x00\x04" + bytes(SIZE_BYTES), HOST, at=0.0)
    assert buffer.free_bytes(stopped=True) == 0


def test_it_is_busy_near_its_end_and_ready_again_a_little_later():
    buffer = ReceiveBuffer()
    for _ in range(SIZE_BYTES - BUSY_BELOW_BYTES):
        buffer.store(b"\n", HOST, at=0.0)
    assert buffer.free_bytes(stopped=True) == BUSY_BELOW_BYTES
    buffer.store(b"\n", HOST, at=0.0)
    assert buffer.free_bytes(stopped=True) == 0
    for _ in range(READY_FROM_BYTES - BUSY_BELOW_BYTES):
        buffer.take()
        assert buffer.free_bytes(stopped=True) == 0
    buffer.take()
    assert buffer.free_bytes(stopped=True) == READY_FROM_BYTES


def test_clearing_tells_how_much_was_lost_and_begins_anew():
    buffer = ReceiveBuffer()
    buffer.store(b"AB\n\x1dv0\x00\x10", HOST, at=0.0)
    assert buffer.clear() == 8
    assert len(buffer) == 0
    (entry,) = buffer.store(b"C", HOST, at=0.0)
    assert (entry.command.kind, entry.ticket_bytes) == (Kind.TEXT, 1)


def test_the_arriving_ticket_counts_with_its_unfinished_command():
    buffer = ReceiveBuffer()
    buffer.store(b"AB\x1dv0\x00\x10", HOST, at=0.0)
    assert buffer.ticket_bytes == 7
    buffer.begin_host()
    assert buffer.ticket_bytes == 5


def test_an_unfinished_enquiry_does_not_count():
    buffer = ReceiveBuffer()
    buffer.store(b"AB\x10\x04", HOST, at=0.0)
    assert buffer.ticket_bytes == 2
