"""A broker's state in memory: exchanges, queues, and who holds which copy.

It does what RabbitMQ's quorum queues do, as far as the port's users can tell; the contract tests
compare the two. Nothing waits and nothing takes time.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from bonfire.broker import Outgoing, PublishRefused, PublishUnknown, TopologyMismatch, Unroutable
from bonfire.broker.memory.routing import matches
from bonfire.broker.topology import Binding, Exchange, Queue, Topology
from bonfire.errors import Reason, Retryable


@dataclass(order=True, slots=True)
class Copy:
    """One message in one queue."""

    number: int
    message: Outgoing = field(compare=False)
    returns: int = field(default=0, compare=False)
    """How often it was delivered and came back."""


class Receiver(Protocol):
    """A consumer that is attached to a queue."""

    def has_room(self) -> bool: ...
    def receive(self, copy: Copy) -> None: ...
    def taken_away(self) -> None: ...


class Client(Protocol):
    """A broker object that connects to the server."""

    def gained(self) -> None: ...
    def lost(self) -> None: ...
    def declared(self) -> None: ...


@dataclass(slots=True)
class MemoryQueue:
    """Copies in their order, and the consumers in the order of their arrival."""

    declared: Queue
    ready: list[Copy] = field(default_factory=list)
    held: list[Copy] = field(default_factory=list)
    """Dead letters that found no queue; at-least-once keeps them here."""
    receivers: list[Receiver] = field(default_factory=list)

    @property
    def arguments(self) -> Mapping[str, str | int | bool]:
        return self.declared.arguments

    @property
    def full(self) -> bool:
        limit = self.arguments.get("x-max-length")
        return limit is not None and len(self.ready) + len(self.held) >= int(limit)

    def next_receiver(self) -> Receiver | None:
        single = self.arguments.get("x-single-active-consumer")
        candidates = self.receivers[:1] if single else self.receivers
        return next((receiver for receiver in candidates if receiver.has_room()), None)

    def deliver(self) -> None:
        while self.ready and (receiver := self.next_receiver()) is not None:
            if not self.arguments.get("x-single-active-consumer"):
                self.receivers.remove(receiver)  # each in turn
                self.receivers.append(receiver)
            receiver.receive(self.ready.pop(0))


class MemoryServer:
    """Shared by the brokers of a test; `stop` and the like are the test's levers."""

    def __init__(self) -> None:
        self.running = True
        self._exchanges: dict[str, Exchange] = {}
        self._queues: dict[str, MemoryQueue] = {}
        self._bindings: set[Binding] = set()
        self._clients: list[Client] = []
        self._numbers = 0
        self._unconfirmed = 0
        self._failures: list[Retryable] = []

    def stop(self) -> None:
        """Every connection is lost, and none can be made until `start`; the queues stay."""
        self.running = False
        for client in self._clients:
            client.lost()

    def start(self) -> None:
        self.running = True
        for client in self._clients:
            client.gained()

    def drop_connections(self) -> None:
        """Every client loses its connections and has them again at once."""
        self.stop()
        self.start()

    def swallow_confirms(self, count: int = 1) -> None:
        """Store the next `count` messages and leave their senders without an answer."""
        self._unconfirmed += count

    def fail_publishes(self, *errors: Retryable) -> None:
        """Each error is the answer to one of the next publishes; none of them is stored."""
        self._failures.extend(errors)

    def delete_queue(self, name: str) -> None:
        """Take it away with all it holds, as an operator does."""
        queue = self._queues.pop(name)
        self._bindings = {binding for binding in self._bindings if binding.queue != name}
        for receiver in queue.receivers:
            receiver.taken_away()

    def waiting(self, queue: str) -> tuple[Outgoing, ...]:
        """The messages that nobody holds, the oldest first."""
        return tuple(copy.message for copy in self._queues[queue].ready)

    def join(self, client: Client) -> None:
        self._clients.append(client)
        if self.running:
            client.gained()

    def leave(self, client: Client) -> None:
        if client in self._clients:
            self._clients.remove(client)

    def declare(self, topology: Topology) -> None:
        for exchange in topology.exchanges:
            _require_same(f"exchange {exchange.name}", self._exchanges.get(exchange.name), exchange)
            self._exchanges[exchange.name] = exchange
        for queue in topology.queues:
            there = self._queues.setdefault(queue.name, MemoryQueue(queue))
            _require_same(f"queue {queue.name}", there.declared, queue)
        for binding in topology.bindings:
            self._require_ends(binding)
            self._bindings.add(binding)
        for queue_name in list(self._queues):
            self._retry_held(queue_name)
        for client in self._clients:
            client.declared()

    def missing(self, topology: Topology) -> tuple[str, ...]:
        exchanges = (each.name for each in topology.exchanges if each.name not in self._exchanges)
        queues = (each.name for each in topology.queues if each.name not in self._queues)
        return (
            *(f"exchange {name}" for name in exchanges),
            *(f"queue {name}" for name in queues),
        )

    def publish(self, message: Outgoing) -> None:
        """As the port's `publish` of a broker that is connected."""
        if self._failures:
            raise self._failures.pop(0)
        if message.exchange and message.exchange not in self._exchanges:
            raise Unroutable(Reason.UNROUTABLE, f"there is no exchange {message.exchange}")
        targets = self._targets(message.exchange, message.routing_key)
        if not targets:
            raise Unroutable(
                Reason.UNROUTABLE,
                f"no queue is bound to {message.exchange} with the key {message.routing_key}",
            )
        stored = [self._store(name, message) for name in targets]
        if not all(stored):
            raise PublishRefused(Reason.PUBLISH_REFUSED, "the broker refused it: a queue is full")
        if self._unconfirmed:
            self._unconfirmed -= 1
            raise PublishUnknown(Reason.PUBLISH_UNKNOWN, "the broker did not confirm in time")

    def attach(self, queue: str, receiver: Receiver) -> bool:
        """Begin to deliver; false if there is no such queue."""
        if queue not in self._queues:
            return False
        self._queues[queue].receivers.append(receiver)
        self._deliver(queue)
        return True

    def detach(self, queue: str, receiver: Receiver, *held: Copy) -> None:
        """Deliver to it no more; what it held and gives back comes before later copies."""
        there = self._queues.get(queue)
        if there is not None and receiver in there.receivers:
            there.receivers.remove(receiver)
        self.returned(queue, *held)

    def acked(self, queue: str, _: Copy) -> None:
        self._deliver(queue)

    def returned(self, queue: str, *copies: Copy) -> None:
        """They go back to their places, or to the dead letters after too many returns."""
        there = self._queues.get(queue)
        if there is None:
            return
        limit = there.arguments.get("x-delivery-limit")
        for copy in copies:
            copy.returns += 1
            if limit is not None and copy.returns > int(limit):
                self._bury(queue, copy, "delivery_limit")
            else:
                insort(there.ready, copy)
        self._deliver(queue)

    def rejected(self, queue: str, copy: Copy) -> None:
        if queue in self._queues:
            self._bury(queue, copy, "rejected")
            self._deliver(queue)

    def _deliver(self, queue: str) -> None:
        # While connections are going, what came back from one is not for the next to lose.
        if self.running and queue in self._queues:
            self._queues[queue].deliver()

    def _require_ends(self, binding: Binding) -> None:
        if binding.exchange not in self._exchanges or binding.queue not in self._queues:
            raise TopologyMismatch(
                Reason.TOPOLOGY_MISMATCH,
                f"binding {binding.exchange} → {binding.queue}: one of the two is missing",
            )

    def _targets(self, exchange: str, key: str) -> list[str]:
        if not exchange:
            return [key] if key in self._queues else []
        there = self._exchanges.get(exchange)
        if there is None:
            return []
        found = sorted(
            {
                binding.queue
                for binding in self._bindings
                if binding.exchange == exchange and matches(there.kind, binding.key, key)
            }
        )
        if not found and there.alternate is not None:
            return self._targets(there.alternate, key)
        return found

    def _store(self, queue: str, message: Outgoing) -> bool:
        there = self._queues[queue]
        if there.full:
            if there.arguments.get("x-overflow") == "reject-publish":
                return False
            self._bury(queue, there.ready.pop(0), "maxlen")
        self._numbers += 1
        there.ready.append(Copy(self._numbers, message))
        self._deliver(queue)
        return True

    def _bury(self, queue: str, copy: Copy, reason: str) -> None:
        arguments = self._queues[queue].arguments
        exchange = arguments.get("x-dead-letter-exchange")
        if exchange is None:
            return
        key = arguments.get("x-dead-letter-routing-key", copy.message.routing_key)
        origin = {
            "x-first-death-queue": queue,
            "x-first-death-reason": reason,
            "x-first-death-exchange": copy.message.exchange,
        }
        letter = replace(
            copy.message,
            exchange=str(exchange),
            routing_key=str(key),
            headers={**origin, **copy.message.headers},
        )
        self._send_letter(queue, replace(copy, message=letter))

    def _send_letter(self, queue: str, copy: Copy) -> None:
        targets = self._targets(copy.message.exchange, copy.message.routing_key)
        stored = [self._store(name, copy.message) for name in targets]
        there = self._queues[queue]
        kept = there.arguments.get("x-dead-letter-strategy") == "at-least-once"
        if kept and not (stored and all(stored)):
            there.held.append(copy)

    def _retry_held(self, queue: str) -> None:
        there = self._queues[queue]
        letters, there.held = there.held, []
        for copy in letters:
            self._send_letter(queue, copy)


def _require_same(name: str, there: Exchange | Queue | None, wanted: Exchange | Queue) -> None:
    if there is not None and there != wanted:
        raise TopologyMismatch(
            Reason.TOPOLOGY_MISMATCH, f"{name}: received {wanted} but current is {there}"
        )
