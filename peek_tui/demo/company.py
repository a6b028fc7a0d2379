"""The small company of the demo, Nordlicht: its customers, and the card payments it has taken from them."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CUSTOMERS", "PAYMENTS", "REFUND_LIMIT_CENTS", "Customer", "Payment"]

REFUND_LIMIT_CENTS = 25_000
"""What an agent may refund without a person's approval, in euro cents."""


class Customer(NamedTuple):
    """Someone who pays."""

    name: str
    email: str
    plan: str
    language: str
    currency: str


class Payment(NamedTuple):
    """One charge of a card."""

    charge_id: str
    customer: str
    date: str
    what: str
    invoice: str
    amount: int
    """In the smallest unit of the customer's currency."""
    booked_eur_cents: int
    """What it was worth on that day, in euro cents; the company keeps its books in euros."""


CUSTOMERS = {
    "4127": Customer("Zoë Łukaszewicz", "zoe@example.com", "Team", "pl", "PLN"),
    "5230": Customer("佐藤 花子", "hanako@example.com", "Solo", "en", "EUR"),
    "8008": Customer("Nuño Etxeberria", "nuno@example.com", "Team", "en", "EUR"),
}

PAYMENTS = [
    Payment("ch_9001", "4127", "2026-10-02", "Team plan, October", "inv_310", 31_200, 7_274),
    Payment("ch_9002", "4127", "2026-10-03", "Team plan, October", "inv_310", 31_200, 7_261),
    Payment("ch_9003", "4127", "2026-10-17", "Extra seat (Jan)", "inv_322", 4_900, 1_142),
    Payment("ch_9004", "4127", "2026-10-17", "Extra seat (Łukasz)", "inv_323", 4_900, 1_142),
    Payment("ch_9101", "5230", "2026-10-05", "Solo plan, October", "inv_401", 1_900, 1_900),
    Payment("ch_9102", "5230", "2026-10-06", "Solo plan, October", "inv_401", 1_900, 1_900),
    Payment("ch_9301", "8008", "2026-10-20", "Extra seat (Ane)", "inv_610", 4_900, 4_900),
    Payment("ch_9302", "8008", "2026-10-20", "Extra seat (Iker)", "inv_611", 4_900, 4_900),
]
