"""The connection to one printer: opened for work, kept while tickets follow each other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from bonfire.breaker import Breaker, BreakerChange, BreakerPolicy
from bonfire.clock import Clock
from bonfire.errors import Reason
from bonfire.messages import BreakerState, Confirmation
from print_agent.journal import KnownPrinter
from print_agent.printers import Printer, PrinterTrouble, Session
from print_agent.recognition import Recognition

T = TypeVar("T")

# It stays open for no time of its own: how often a lost printer is asked is the condition's matter,
# and a breaker that kept us from asking would only make tickets later (docs/adr/0021).
POLICY: Final = BreakerPolicy(failures=5, open_s=0.0, successes=3)


class Contact:
    def __init__(
        self,
        printer: Printer,
        recognition: Recognition,
        clock: Clock,
        on_breaker: Callable[[BreakerChange], None],
    ) -> None:
        self._printer = printer
        self._recognition = recognition
        name = f"printer {printer.settings.id}"
        self._breaker = Breaker(name, POLICY, clock, on_breaker, _is_trouble)
        self._session: Session | None = None
        self._known: KnownPrinter | None = None
        self._met = False  # on this connection
        self.near_end = False

    @property
    def kept(self) -> bool:
        """Is there a connection on which another ticket can be printed?"""
        return self._session is not None and self._session.usable

    @property
    def confirmation(self) -> Confirmation:
        """How this printer confirms; only after `ready_session`."""
        configured = self._printer.settings.confirmation
        if configured != "auto":
            return configured
        assert self._known is not None and self._known.confirmation is not None  # noqa: S101, PT018
        return self._known.confirmation

    async def attempt(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do what needs the printer; a `PrinterTrouble` of it counts for the breaker.

        After an outage the printer first has to say three times in a row that it is ready, which
        takes milliseconds where it is.
        """
        while self._breaker.state is not BreakerState.CLOSED:
            await self._breaker.call(self.ask)
        return await self._breaker.call(work)

    async def ready_session(self) -> Session:
        """A session whose printer has just said that it is ready, and who it is.

        Raises `PrinterTrouble`, or `StoreError` where a new printer cannot be remembered.
        """
        session = await self.ask()
        await self._meet_once(session)
        return session

    async def examine(self, go_on: Callable[[], bool]) -> None:
        """Ask an idle printer that has just said that it is ready what it can do, if nobody has.

        Between questions, `go_on` says whether to. Raises as `ready_session` does.
        """
        settings, session = self._printer.settings, self._session
        if session is None or self._recognition.is_examined(settings.id):
            return
        await self._meet_once(session)
        # Of one that confirms every ticket when it is printed, none can be in its buffer now.
        clear = self.confirmation is Confirmation.PROCESS_ID
        try:
            await self._recognition.examine(settings, session, clear=clear, go_on=go_on)
        except BaseException:
            await self.doubt()
            raise

    async def ask(self) -> Session:
        """A session whose printer has just said that it is ready. Raises `PrinterTrouble`."""
        try:
            if self.kept:
                try:
                    return await self._asked()
                except PrinterTrouble as error:
                    if error.reason is not Reason.RESET_BEFORE_BYTES:
                        raise
            # Some hang up after each ticket: what is kept may be gone, and that is no trouble.
            await self.hang_up()
            self._session = await self._printer.connect()
            return await self._asked()
        except BaseException:
            await self.doubt()
            raise

    async def hang_up(self) -> None:
        session, self._session, self._met = self._session, None, False
        if session is not None:
            await session.close()

    async def doubt(self) -> None:
        """Something went wrong: hang up, and ask the next one that answers who it is."""
        self._known = None
        await self.hang_up()

    async def _asked(self) -> Session:
        assert self._session is not None  # noqa: S101 -- its callers see to that
        status = await self._session.status()
        if status.trouble is not None:
            raise PrinterTrouble(status.trouble, "the printer says so")
        self.near_end = status.near_end
        return self._session

    async def _meet_once(self, session: Session) -> None:
        if self._met:
            return
        try:
            await self._meet(session)
        except BaseException:
            await self.doubt()
            raise
        self._met = True

    async def _meet(self, session: Session) -> None:
        """Ask who it is on each new connection, as long as that helps.

        A printer without a serial number cannot show that it is another one, and to wait for the
        answers that it does not give takes seconds: it is asked again only after a trouble.
        """
        if self._known is None or self._known.fingerprint.serial:
            self._known = await self._recognition.recognise(self._printer.settings, session)


def _is_trouble(error: Exception) -> bool:
    """Does it speak against the printer? A disk that is full does not."""
    return isinstance(error, PrinterTrouble)
