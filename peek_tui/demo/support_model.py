"""The model of the support agent: a payment taken twice, given back within the limits of policy.

It does nothing wrong but one thing: what the ledger agent says, it believes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .conversation import Conversation
from .rules import MONTHS, Rule, act, decide, euros, say
from .wire import Block, Failure, Reply, ToolUse, overloaded

__all__ = ["RULES", "SupportModel"]


class SupportModel:
    """Speaks Anthropic's format. `scale` is how many real seconds a second of its thinking takes.

    It has one bad moment: the first request that brings tool results finds the provider overloaded.
    """

    def __init__(self, scale: float = 0.0) -> None:
        self._scale = scale
        self._overload_is_due = True

    def reply(self, request: Mapping[str, Any]) -> Reply | Failure:
        """What to say to this conversation."""
        conversation = Conversation.of_messages(request)
        if conversation.calls and self._overload_is_due:
            self._overload_is_due = False
            return overloaded(retry_after=0.8 * self._scale)
        return Reply(decide(RULES, conversation), delay=0.7 * self._scale)


# --- the rules, newest fact first ---------------------------------------------------------------------------------


def _report(c: Conversation) -> tuple[Block, ...] | None:
    if not c.result("send_email"):
        return None
    done, customer = _given_back(c), c.result("lookup_customer")
    return say(
        f"**{customer['name']} was charged twice.** ✅\n\n"
        f"- {done['charge_id']} took {euros(done['amount_cents'])} that had been paid already.\n"
        f"- {_money_so_far(c)}\n"
        "- The customer has been told, in their own language."
    )


def _given_back(c: Conversation) -> Any:
    return c.result("request_approval") or c.result("issue_refund")


def _money_so_far(c: Conversation) -> str:
    if approval := c.result("request_approval"):
        return f"That is above what I may refund alone: finance decides ({approval['approval_id']}, now waiting)."
    return f"I have refunded it: {c.result('issue_refund')['refund_id']}."


def _tell_the_customer(c: Conversation) -> tuple[Block, ...] | None:
    done, customer = _given_back(c), c.result("lookup_customer")
    if not done:
        return None
    subject, body = _LETTERS[customer["language"]]
    text = body.format(name=customer["name"], amount=euros(done["amount_cents"]))
    email = ToolUse("send_email", {"customer_id": customer["id"], "subject": subject, "body": text})
    why = f"{customer['name']} should hear it from us now: in their language, with the amount and without a date."
    return act(why, 0.97, ["wait until the money has moved"], email)


_LETTERS = {
    "en": (
        "Your double payment in October",
        """Hello {name},

you are right: we took one payment twice. A refund of {amount} is under way.
We are sorry for the trouble!

Nordlicht support""",
    ),
    "pl": (
        "Podwójna płatność w październiku",
        """Dzień dobry {name},

ma Pani rację: październikowa faktura została opłacona dwa razy. Zwrot {amount} jest już zgłoszony.
Przepraszamy za kłopot!

Zespół Nordlicht""",
    ),
}


def _ask_for_approval(c: Conversation) -> tuple[Block, ...] | None:
    refusal = c.failure("issue_refund")
    if "request_approval" not in refusal:
        return None
    wanted = next(call.arguments for call in reversed(c.calls) if call.name == "issue_refund")
    why = f"Refused: {refusal}. Two smaller refunds would slip through, and would be wrong. Finance decides."
    return act(why, 0.94, ["split the refund", "give up"], ToolUse("request_approval", dict(wanted)))


def _refund(c: Conversation) -> tuple[Block, ...] | None:
    finding = c.result("ask_ledger")
    if not finding:
        return None
    if not finding["charge_id"]:
        return say(f"Nothing was charged twice. {finding['note']}")
    charge, cents, invoice = finding["charge_id"], finding["amount_cents"], finding["invoice"]
    why = f"The ledger is clear: {invoice} was paid twice, and {charge} took {euros(cents)} too much. I give it back."
    arguments = {"charge_id": charge, "amount_cents": cents, "reason": f"{invoice} was paid twice"}
    return act(why, 0.91, ["request_approval", "ask the customer"], ToolUse("issue_refund", arguments))


def _give_up(c: Conversation) -> tuple[Block, ...] | None:
    failure = next(filter(None, map(c.failure, ("lookup_customer", "list_charges", "ask_ledger"))), "")
    if failure:
        return say(f"I cannot look into it: {failure}.")
    return say("There was no charge in that month.") if c.result("list_charges") == [] else None


def _ask_the_ledger(c: Conversation) -> tuple[Block, ...] | None:
    charges, customer = c.result("list_charges"), c.result("lookup_customer")
    if not charges:
        return None
    year, month = charges[0]["date"].split("-")[:2]
    question = (
        f"Did customer {customer['id']} pay an invoice twice in {MONTHS[int(month) - 1]} {year}? "
        "Which payment was the second, and how many euro cents was it?"
    )
    why = f"{len(charges)} charges, and a day or an amount proves nothing: a duplicate pays the same invoice again."
    return act(why, 0.9, ["guess by day and amount"], ToolUse("ask_ledger", {"question": question}))


def _investigate(c: Conversation) -> tuple[Block, ...]:
    customer, month = re.search(r"\b\d{4}\b", c.question), _month(c)
    if not customer or not month:
        return say("Which customer, and which month? I need both to look into it.")
    number = customer.group()
    why = f"“Twice” can be one payment taken again, or two that look alike. I pull up customer {number} and {month}."
    lookup = ToolUse("lookup_customer", {"customer_id": number})
    charges = ToolUse("list_charges", {"customer_id": number, "month": month})
    return act(why, 0.96, ["ask_ledger"], lookup, charges)


def _month(c: Conversation) -> str | None:
    year = re.search(r"\b(20\d\d)-\d\d-\d\d\b", c.system)
    named = next((number for number, name in enumerate(MONTHS, 1) if name in c.question), None)
    return f"{year.group(1)}-{named:02}" if year and named else None


RULES: tuple[Rule, ...] = (
    _report,
    _tell_the_customer,
    _ask_for_approval,
    _refund,
    _give_up,
    _ask_the_ledger,
    _investigate,
)
"""The rules in the order they are tried: what is known last decides first."""
