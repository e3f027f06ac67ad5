"""Which fixed words a ticket has."""

from __future__ import annotations

from dataclasses import dataclass

Weekdays = tuple[str, str, str, str, str, str, str]
Months = tuple[str, str, str, str, str, str, str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Task:
    """What whoever holds the ticket does with the order, as far as a mark forbids it."""

    stop: str
    not_twice: str
    ask_first: str


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Blanks `{}` are filled in by `str.format` with our own numbers and names, never
    with a guest's text as the format.
    """

    cook: Task
    pack: Task
    deliver: Task
    change: str
    replaces: str  # ticket number, time
    cancel: str
    takes_back: str  # ticket number, time
    maybe_unprinted: str  # ticket number
    reprint: str  # how often it was asked for, or nothing
    possible_duplicate: str
    duplicate_of: str  # ticket number, time
    moved: str  # printer
    moved_instruction: str
    test: str
    test_instruction: str
    late: str  # minutes
    pickup: str
    delivery: str
    dine_in: str
    table: str  # table
    method: str
    fulfilment_unknown: str
    asap: str
    asap_until: str  # time
    time_unknown: str
    check_online: str  # order number
    read_rest: str  # order number
    allergy: str
    new_allergy: str
    withdrawn: str  # before an allergy that the order has no longer
    in_doubt: str
    note: str
    instructions: str
    request: str
    customer: str
    address: str
    no_address: str
    phone: str
    part_of: str  # before the dish with which this one was ordered
    no_name: str
    no_items: str
    items_one: str
    items_many: str  # count
    items_left_out: str  # count
    cancelled: str  # what not to do
    all_cancelled: str  # what not to do
    new_and_changed: str
    unchanged: str
    no_item_changed: str
    added: str
    gone: str
    instead: str  # new, old
    new_time: str
    new_handover: str
    new_note: str
    note_gone: str
    new_request: str
    also_changed: str
    questions: str
    payment: str
    total: str
    paid: str
    collect: str
    collect_rest: str
    nothing_due: str
    not_paid: str
    refunded: str
    payment_unknown: str
    part: str  # part, parts
    other_station: str  # station name, items
    ordered: str
    promised: str
    printed: str
    previous: str  # ticket number
    unused: str  # ticket number
    unused_printed_at: str  # ticket number, printer
    copy: str  # copy, copies
    colon: str  # behind a label, with the blank that the language sets before it
    decimal_mark: str
    weekdays: Weekdays
    months: Months
    date: str  # weekday, day, month
