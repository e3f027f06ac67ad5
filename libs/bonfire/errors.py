"""Every failure has one reason, and every reason has one class: the table at the end."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class ReasonClass(StrEnum):
    """Whose trouble a failure is, and therefore what is done about it."""

    PRINTER = "printer"  # the job waits, the printer is probed again, no attempt is used
    JOB = "job"  # an attempt of this job failed; it backs off
    PERMANENT = "permanent"  # trying again cannot help: dead letter
    BROKER = "broker"  # the outbox keeps the message and publishes it again
    STORE = "store"  # nothing is acknowledged and nothing is printed
    PEER = "peer"  # it failed just now and is left alone for a moment
    MAIL = "mail"  # the notification is kept, and sent again where that can help
    INPUT = "input"  # the sender is told what is wrong; nothing was accepted
    CONFIG = "config"  # a person has to mend the configuration


class Reason(StrEnum):
    """Why something failed: in the log line, on the event and as the metric label."""

    # printer
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NAME_UNKNOWN = "name_unknown"
    NOT_PERMITTED = "not_permitted"
    NO_ANSWER = "no_answer"
    GARBAGE_STATUS = "garbage_status"
    OFFLINE = "offline"
    COVER_OPEN = "cover_open"
    PAPER_OUT = "paper_out"
    CUTTER_ERROR = "cutter_error"
    HEAD_HOT = "head_hot"
    PRINTER_ERROR = "printer_error"
    WRONG_PRINTER = "wrong_printer"
    RESET_BEFORE_BYTES = "reset_before_bytes"
    # job
    CONNECTION_LOST = "connection_lost"
    SEND_TIMEOUT = "send_timeout"
    NOT_CONFIRMED = "not_confirmed"
    INTERRUPTED = "interrupted"
    # permanent
    RENDER_ERROR = "render_error"
    UNKNOWN_PRINTER = "unknown_printer"
    UNREADABLE_MESSAGE = "unreadable_message"
    UNKNOWN_VERSION = "unknown_version"
    STILL_UNKNOWN = "still_unknown"
    INTERNAL_ERROR = "internal_error"
    # broker
    BROKER_UNAVAILABLE = "broker_unavailable"
    PUBLISH_UNKNOWN = "publish_unknown"
    UNROUTABLE = "unroutable"
    PUBLISH_REFUSED = "publish_refused"
    TOPOLOGY_MISSING = "topology_missing"
    TOPOLOGY_MISMATCH = "topology_mismatch"
    # store
    STORE_FULL = "store_full"
    STORE_IO = "store_io"
    STORE_LOCKED = "store_locked"
    STORE_CORRUPT = "store_corrupt"
    STORE_NEWER = "store_newer"
    STORE_CLOSED = "store_closed"
    STORE_BUSY = "store_busy"
    # peer
    BREAKER_OPEN = "breaker_open"
    # mail
    MAIL_UNREACHABLE = "mail_unreachable"
    MAIL_TLS = "mail_tls"
    MAIL_LOGIN = "mail_login"
    MAIL_SERVER_ERROR = "mail_server_error"
    MAIL_DEFERRED = "mail_deferred"
    MAIL_REFUSED = "mail_refused"
    MAIL_UNKNOWN = "mail_unknown"
    # input
    NOT_A_TOKEN = "not_a_token"  # noqa: S105 -- a reason, not a password
    BAD_ALGORITHM = "bad_algorithm"
    BAD_SIGNATURE = "bad_signature"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 -- a reason, not a password
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    INCOMPLETE = "incomplete"
    TOO_DEEP = "too_deep"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    INVALID_FIELDS = "invalid_fields"
    UNKNOWN_INSTANCE = "unknown_instance"
    UNKNOWN_LOCATION = "unknown_location"
    UNAUTHORIZED = "unauthorized"
    IDEMPOTENCY_CONFLICT = "idempotency_conflict"
    # config
    CONFIG_INVALID = "config_invalid"


class BonfireError(Exception):
    """Something failed, for the reason in `reason`."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason

    @property
    def detail(self) -> str:
        """A sentence for a person: what is wrong and, where we know it, what to do."""
        return str(self.args[0])


class Retryable(BonfireError):
    """Trying again later can help."""


class Permanent(BonfireError):
    """Trying again cannot help without a person."""


CLASS_OF: Final[dict[Reason, ReasonClass]] = {
    Reason.REFUSED: ReasonClass.PRINTER,
    Reason.UNREACHABLE: ReasonClass.PRINTER,
    Reason.NAME_UNKNOWN: ReasonClass.PRINTER,
    Reason.NOT_PERMITTED: ReasonClass.PRINTER,
    Reason.NO_ANSWER: ReasonClass.PRINTER,
    Reason.GARBAGE_STATUS: ReasonClass.PRINTER,
    Reason.OFFLINE: ReasonClass.PRINTER,
    Reason.COVER_OPEN: ReasonClass.PRINTER,
    Reason.PAPER_OUT: ReasonClass.PRINTER,
    Reason.CUTTER_ERROR: ReasonClass.PRINTER,
    Reason.HEAD_HOT: ReasonClass.PRINTER,
    Reason.PRINTER_ERROR: ReasonClass.PRINTER,
    Reason.WRONG_PRINTER: ReasonClass.PRINTER,
    Reason.RESET_BEFORE_BYTES: ReasonClass.PRINTER,
    Reason.CONNECTION_LOST: ReasonClass.JOB,
    Reason.SEND_TIMEOUT: ReasonClass.JOB,
    Reason.NOT_CONFIRMED: ReasonClass.JOB,
    Reason.INTERRUPTED: ReasonClass.JOB,
    Reason.RENDER_ERROR: ReasonClass.PERMANENT,
    Reason.UNKNOWN_PRINTER: ReasonClass.PERMANENT,
    Reason.UNREADABLE_MESSAGE: ReasonClass.PERMANENT,
    Reason.UNKNOWN_VERSION: ReasonClass.PERMANENT,
    Reason.STILL_UNKNOWN: ReasonClass.PERMANENT,
    Reason.INTERNAL_ERROR: ReasonClass.PERMANENT,
    Reason.BROKER_UNAVAILABLE: ReasonClass.BROKER,
    Reason.PUBLISH_UNKNOWN: ReasonClass.BROKER,
    Reason.UNROUTABLE: ReasonClass.BROKER,
    Reason.PUBLISH_REFUSED: ReasonClass.BROKER,
    Reason.TOPOLOGY_MISSING: ReasonClass.BROKER,
    Reason.TOPOLOGY_MISMATCH: ReasonClass.CONFIG,
    Reason.STORE_FULL: ReasonClass.STORE,
    Reason.STORE_IO: ReasonClass.STORE,
    Reason.STORE_LOCKED: ReasonClass.STORE,
    Reason.STORE_CORRUPT: ReasonClass.STORE,
    Reason.STORE_NEWER: ReasonClass.STORE,
    Reason.STORE_CLOSED: ReasonClass.STORE,
    Reason.STORE_BUSY: ReasonClass.STORE,
    Reason.BREAKER_OPEN: ReasonClass.PEER,
    Reason.MAIL_UNREACHABLE: ReasonClass.MAIL,
    Reason.MAIL_TLS: ReasonClass.MAIL,
    Reason.MAIL_LOGIN: ReasonClass.MAIL,
    Reason.MAIL_SERVER_ERROR: ReasonClass.MAIL,
    Reason.MAIL_DEFERRED: ReasonClass.MAIL,
    Reason.MAIL_REFUSED: ReasonClass.MAIL,
    Reason.MAIL_UNKNOWN: ReasonClass.MAIL,
    Reason.NOT_A_TOKEN: ReasonClass.INPUT,
    Reason.BAD_ALGORITHM: ReasonClass.INPUT,
    Reason.BAD_SIGNATURE: ReasonClass.INPUT,
    Reason.TOKEN_EXPIRED: ReasonClass.INPUT,
    Reason.TOO_LARGE: ReasonClass.INPUT,
    Reason.TOO_SLOW: ReasonClass.INPUT,
    Reason.INCOMPLETE: ReasonClass.INPUT,
    Reason.TOO_DEEP: ReasonClass.INPUT,
    Reason.NOT_UTF8: ReasonClass.INPUT,
    Reason.NOT_JSON: ReasonClass.INPUT,
    Reason.INVALID_FIELDS: ReasonClass.INPUT,
    Reason.UNKNOWN_INSTANCE: ReasonClass.INPUT,
    Reason.UNKNOWN_LOCATION: ReasonClass.INPUT,
    Reason.UNAUTHORIZED: ReasonClass.INPUT,
    Reason.IDEMPOTENCY_CONFLICT: ReasonClass.INPUT,
    Reason.CONFIG_INVALID: ReasonClass.CONFIG,
}


def reasons_of(*classes: ReasonClass) -> tuple[Reason, ...]:
    """Every reason of these classes, for a metric whose series all start at zero."""
    return tuple(reason for reason in Reason if CLASS_OF[reason] in classes)
