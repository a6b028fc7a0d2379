"""The model of the ledger agent: which payment paid an invoice a second time, and how much it was.

It makes the two mistakes of the demo. It looks again and again at an export that never becomes ready; and it takes an
amount for euros that is none, which no error will ever tell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .conversation import Conversation
from .rules import MONTHS, Rule, act, decide, euros, say
from .wire import Block, Reply, ToolUse

__all__ = ["PATIENCE", "RULES", "LedgerModel"]

PATIENCE = 5
"""How many times it looks at an export before it goes on without."""


class LedgerModel:
    """Speaks OpenAI's format. `scale` is how many real seconds a second of its thinking takes."""

    def __init__(self, scale: float = 0.0) -> None:
        self._scale = scale

    def reply(self, request: Mapping[str, Any]) -> Reply:
        """What to say to this conversation."""
        return Reply(decide(RULES, Conversation.of_chat(request)), delay=0.5 * self._scale)


# --- the rules, newest fact first ---------------------------------------------------------------------------------


def _report(c: Conversation) -> tuple[Block, ...] | None:
    if c.count("check_export") < PATIENCE:
        return None
    second = _paid_again(c)
    assert second is not None
    note = f"The export was still queued after {PATIENCE} looks; this is from the payments."
    return _finding(second["charge_id"], second["invoice"], _cents(second), note)


def _finding(charge_id: str | None, invoice: str | None, amount_cents: int | None, note: str) -> tuple[Block, ...]:
    finding = {"charge_id": charge_id, "invoice": invoice, "amount_cents": amount_cents, "note": note}
    return say(json.dumps(finding, ensure_ascii=False))


def _look_at_the_export(c: Conversation) -> tuple[Block, ...] | None:
    export = c.result("check_export") or c.result("start_export")
    if not export:
        return None
    why = f"{export['export_id']} is still {export['status']}. I look again."
    return act(why, 0.8, ["answer from the payments"], ToolUse("check_export", {"export_id": export["export_id"]}))


def _compare_with_an_export(c: Conversation) -> tuple[Block, ...] | None:
    second = _paid_again(c)
    if not second:
        return None
    why = (
        f"{second['invoice']} was paid a second time by {second['charge_id']}, with {euros(_cents(second))}. "
        "The month's reconciliation should say the same: I have it made."
    )
    month = next(call.arguments["month"] for call in reversed(c.calls) if call.name == "find_payments")
    return act(why, 0.86, ["answer from the payments"], ToolUse("start_export", {"month": month}))


def _cents(payment: Mapping[str, Any]) -> int:
    # The mistake: `amount` is in the currency the customer paid in, and `booked_eur_cents` stands right beside it.
    cents: int = payment["amount"]
    return cents


def _paid_again(c: Conversation) -> Mapping[str, Any] | None:
    payments: Sequence[Mapping[str, Any]] = c.result("find_payments") or ()
    paid = set[str]()
    for payment in payments:
        if payment["invoice"] in paid:
            return payment
        paid.add(payment["invoice"])
    return None


def _nothing_twice(c: Conversation) -> tuple[Block, ...] | None:
    if c.result("find_payments") is None:
        return None
    return _finding(None, None, None, "Every payment has an invoice of its own.")


def _write_the_month_as_wanted(c: Conversation) -> tuple[Block, ...] | None:
    failure, asked = c.failure("find_payments"), _asked(c)
    if "YYYY-MM" not in failure or not asked:
        return None
    number, month, year = asked.groups()
    arguments = {"customer_id": number, "month": f"{year}-{MONTHS.index(month) + 1:02}"}
    return act(f"So {failure}.", 0.95, ["ask for the whole year"], ToolUse("find_payments", arguments))


def _find_payments(c: Conversation) -> tuple[Block, ...]:
    asked = _asked(c)
    if not asked:
        return _finding(None, None, None, "Which customer, and which month? I need both to look into it.")
    number, month, year = asked.groups()
    arguments = {"customer_id": number, "month": f"{month} {year}"}
    why = f"Which payment stands on which invoice? I look up what {number} paid in {month}."
    return act(why, 0.9, ["start_export"], ToolUse("find_payments", arguments))


def _asked(c: Conversation) -> re.Match[str] | None:
    return re.search(rf"\b(\d{{4}})\b.*\b({'|'.join(MONTHS)}) (20\d\d)\b", c.question)


RULES: tuple[Rule, ...] = (
    _report,
    _look_at_the_export,
    _compare_with_an_export,
    _nothing_twice,
    _write_the_month_as_wanted,
    _find_payments,
)
"""The rules in the order they are tried: what is known last decides first."""
