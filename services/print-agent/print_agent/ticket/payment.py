"""Whether the guest has paid, and what is still to be collected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bonfire.config import OptionalBlock
from bonfire.order import Payment, PaymentStatus
from print_agent.ticket.blocks import Amount, Block, Pair
from print_agent.ticket.draft import Draft
from print_agent.ticket.money import with_currency
from print_agent.ticket.style import LARGE, LOUD_AND_LARGE, Style
from print_agent.ticket.words import Words


@dataclass(frozen=True, slots=True)
class Due:
    """`loud` where something is to be done: to collect, or to ask."""

    said: str
    amount: str = ""
    loud: bool = True


def due(payment: Payment | None, words: Words) -> Due:
    """What is not clear is never guessed: a guest pays neither twice nor not at all."""
    if payment is None or payment.status is PaymentStatus.UNKNOWN:
        return Due(words.payment_unknown, _amount(payment, words))
    if payment.status is PaymentStatus.REFUNDED:
        return Due(words.refunded)
    to_collect = payment.to_collect
    if to_collect and to_collect.amount < 0:  # somebody owes the guest something, or it is an error
        return Due(words.payment_unknown)
    if _is_paid_and_open(payment):
        return Due(words.payment_unknown, _amount(payment, words))
    if to_collect and to_collect.amount > 0:
        said = words.collect if payment.status is PaymentStatus.NOT_PAID else words.collect_rest
        return Due(said, with_currency(to_collect, words))
    match payment.status:
        case PaymentStatus.PAID:
            return Due(words.paid, loud=False)
        case PaymentStatus.NOT_PAID if payment.total and not payment.total.amount:
            return Due(words.nothing_due, loud=False)
        case PaymentStatus.NOT_PAID:
            return Due(words.not_paid, _amount(payment, words))
    return Due(words.payment_unknown)  # a rest of which nobody knows how much it is


def _is_paid_and_open(payment: Payment) -> bool:
    """Paid, and all of it still to be collected: one of both is wrong."""
    total, to_collect = payment.total, payment.to_collect
    if payment.status is not PaymentStatus.PAID or not total or not to_collect:
        return False
    return to_collect.amount >= total.amount > 0


def amount(draft: Draft) -> Iterator[Amount]:
    """For who takes the money at the door. Of a cancelled order nobody takes any."""
    if not draft.is_cancelled and not draft.is_test:
        owed = due(draft.order.payment, draft.words)
        pen = draft.pen
        yield Amount(owed.said, pen.line(owed.amount), owed.loud)


def sums(draft: Draft) -> Iterator[Block]:
    """Below the dishes: what they cost together, and what of it is open."""
    payment, pen, words = draft.order.payment, draft.pen, draft.words
    if payment and payment.total and draft.profile.shows(OptionalBlock.PRICES):
        total = pen.line(with_currency(payment.total, words))
        yield Pair(words.total, total, Style(height=2, bold=True))
    if not draft.is_cancelled and not draft.is_test:
        owed = due(payment, words)
        yield Pair(owed.said, pen.line(owed.amount), LOUD_AND_LARGE if owed.loud else LARGE)


def _amount(payment: Payment | None, words: Words) -> str:
    """What it is about, where the guest or the shop has to be asked."""
    sums = (payment.to_collect, payment.total) if payment else ()
    return next((with_currency(sum_, words) for sum_ in sums if sum_ and sum_.amount > 0), "")
