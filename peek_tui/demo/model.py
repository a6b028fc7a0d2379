"""The model that plays the demo: a support case about a payment taken twice, decided from the conversation by rules.

Each rule looks at what the tools have answered so far and says what to do next, or nothing. One of them jumps to a
conclusion, so that the run has a mistake in it whose cause can be looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from .conversation import Conversation
from .wire import Block, Failure, Reply, Text, ToolUse, overloaded

__all__ = ["RULES", "SupportModel"]

# calendar.month_name follows the locale; the question is in English.
_MONTHS = re.findall(r"\w+", "January February March April May June July August September October November December")


class SupportModel:
    """A support agent's model. `scale` is how many real seconds a second of its thinking takes.

    It has one bad moment: the first request that brings tool results finds the provider overloaded.
    """

    def __init__(self, scale: float = 0.0) -> None:
        self._scale = scale
        self._overload_is_due = True

    def reply(self, request: Mapping[str, Any]) -> Reply | Failure:
        """What to say to this conversation."""
        conversation = Conversation.read(request)
        if conversation.calls and self._overload_is_due:
            self._overload_is_due = False
            return overloaded(retry_after=0.8 * self._scale)
        blocks = _decide(conversation)
        return Reply(blocks, delay=0.7 * self._scale)


def _decide(conversation: Conversation) -> tuple[Block, ...]:
    blocks = next(blocks for rule in RULES if (blocks := rule(conversation)))
    wanted = {block.name for block in blocks if isinstance(block, ToolUse)}
    if missing := sorted(wanted - conversation.tools):
        return _answer(f"I cannot go on: nobody has given me {', '.join(missing)}.")
    if repeated := [
        block.name for block in blocks if isinstance(block, ToolUse) and conversation.called(block.name, block.input)
    ]:
        return _answer(f"I cannot go on: {repeated[0]} has been tried, and again would change nothing.")
    return blocks


def _act(why: str, confidence: float, instead: Sequence[str], *calls: ToolUse) -> tuple[Block, ...]:
    notes = f"Confidence: {confidence:.2f}\nInstead of: {', '.join(instead)}"
    return (Text(f"{why}\n\n{notes}"), *calls)


def _answer(text: str) -> tuple[Block, ...]:
    return (Text(text),)


def _euros(cents: int) -> str:
    return f"€{cents / 100:.2f}"


# --- the rules, newest fact first ---------------------------------------------------------------------------------


def _report(c: Conversation) -> tuple[Block, ...] | None:
    if not c.result("send_email"):
        return None
    done, customer = _given_back(c), c.result("lookup_customer")
    return _answer(
        f"**{customer['name']} was charged twice.** ✅\n\n"
        f"- {done['charge_id']} took {_euros(done['amount_cents'])} that had been paid already.\n"
        f"- {_money_so_far(c)}\n"
        f"- The customer has been told, in their own language.{_confession(c)}"
    )


def _given_back(c: Conversation) -> Any:
    return c.result("request_approval") or c.result("issue_refund")


def _confession(c: Conversation) -> str:
    wrong = next((call.arguments["charge_id"] for call in c.calls if call.name == "issue_refund" and call.failed), None)
    if wrong is None or wrong == _given_back(c)["charge_id"]:
        return ""
    return f"\n\nI first took {wrong} for the duplicate, by its day and amount. That refund failed and moved no money."


def _money_so_far(c: Conversation) -> str:
    if approval := c.result("request_approval"):
        return f"That is above what I may refund alone: finance decides ({approval['approval_id']}, now waiting)."
    return f"I have refunded it: {c.result('issue_refund')['refund_id']}."


def _tell_the_customer(c: Conversation) -> tuple[Block, ...] | None:
    done = _given_back(c)
    if not done:
        return None
    customer, amount = c.result("lookup_customer"), _euros(done["amount_cents"])
    subject, body = _letter(customer, amount)
    email = ToolUse("send_email", {"customer_id": customer["id"], "subject": subject, "body": body})
    why = f"{customer['name']} should hear it from us now. §7.3: their language, the amount, no date we don't control."
    return _act(why, 0.97, ["wait for finance"], email)


def _letter(customer: Mapping[str, Any], amount: str) -> tuple[str, str]:
    subject, body = _LETTERS[customer["language"]]
    return subject, body.format(name=customer["name"], amount=amount)


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


def _ask_finance(c: Conversation) -> tuple[Block, ...] | None:
    paragraph = next((p for p in c.result("search_policy") or () if "request_approval" in p["text"]), None)
    if not paragraph:
        return None
    charge, amount, reason = _duplicate(c.result("get_invoice"))
    why = f"“{paragraph['title']}” is clear: a confirmed duplicate goes to finance, in one piece. {charge}, then."
    arguments = {"charge_id": charge, "amount_cents": amount, "reason": reason}
    return _act(why, 0.94, ["tell the customer to wait"], ToolUse("request_approval", arguments))


def _read_the_policy(c: Conversation) -> tuple[Block, ...] | None:
    refusal = c.failure("issue_refund")
    if "limit" not in refusal:
        return None
    why = f"Refused: {refusal}. Three small refunds would slip through, and would be wrong. What does policy say?"
    search = ToolUse("search_policy", {"query": "duplicate refund above the limit"})
    return _act(why, 0.88, ["split the refund"], search)


def _refund_the_duplicate(c: Conversation) -> tuple[Block, ...] | None:
    invoice = c.result("get_invoice")
    if not invoice:
        return None
    if invoice["paid_cents"] <= invoice["total_cents"]:
        return _answer(f"{invoice['id']} has been paid once, so there is nothing to give back.")
    charge, amount, reason = _duplicate(invoice)
    total, paid = _euros(invoice["total_cents"]), _euros(invoice["paid_cents"])
    why = f"Confirmed: {invoice['id']} is about {total} and has received {paid} — {charge} took it a second time."
    arguments = {"charge_id": charge, "amount_cents": amount, "reason": reason}
    return _act(why, 0.93, ["request_approval", "search_policy"], ToolUse("issue_refund", arguments))


def _duplicate(invoice: Mapping[str, Any]) -> tuple[str, int, str]:
    return (
        invoice["payments"][-1],
        invoice["paid_cents"] - invoice["total_cents"],
        f"{invoice['id']} was paid twice",
    )


def _look_at_the_invoice(c: Conversation) -> tuple[Block, ...] | None:
    charges = c.result("list_charges")
    if not charges or (_same_day_pair(charges) and not c.failure("issue_refund")):
        return None
    suspect = _invoice_charged_twice(charges, besides=_cleared(c))
    if not suspect:
        return _answer("Every charge belongs to an invoice of its own: nothing was charged twice.")
    why = f"{_regret(c)}A duplicate pays the same invoice again, and {suspect} stands on two charges. I check it."
    return _act(why, 0.9, ["ask the customer which charge"], ToolUse("get_invoice", {"invoice_id": suspect}))


def _regret(c: Conversation) -> str:
    return f"I was wrong — {c.failure('issue_refund')}. Day and amount proved nothing. " if _cleared(c) else ""


def _cleared(c: Conversation) -> str | None:
    """The invoice whose charges have turned out not to be duplicates."""
    if "not a duplicate" not in c.failure("issue_refund"):
        return None
    refunded = next(call.arguments["charge_id"] for call in reversed(c.calls) if call.name == "issue_refund")
    return next((charge["invoice"] for charge in c.result("list_charges") if charge["id"] == refunded), None)


def _invoice_charged_twice(charges: Sequence[Mapping[str, Any]], besides: str | None) -> str | None:
    invoices = [charge["invoice"] for charge in charges if charge["invoice"] != besides]
    return next((invoice for invoice in invoices if invoices.count(invoice) > 1), None)


def _jump_to_a_conclusion(c: Conversation) -> tuple[Block, ...] | None:
    pair = _same_day_pair(c.result("list_charges") or ())
    if not pair:
        return None
    first, second = pair
    amount = second["amount_cents"]
    why = (
        f"Two charges of {_euros(amount)} on {second['date']}, {first['id']} and {second['id']}, both for "
        f"“{second['what']}”: same day, same amount — that is the duplicate. I refund the second."
    )
    arguments = {"charge_id": second["id"], "amount_cents": amount, "reason": f"duplicate of {first['id']}"}
    return _act(why, 0.62, ["get_invoice", "search_policy"], ToolUse("issue_refund", arguments))


def _same_day_pair(charges: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    # The assumption that goes wrong: a day and an amount are no proof of a duplicate.
    for first, second in pairwise(charges):
        if all(first[key] == second[key] for key in ("date", "amount_cents", "what")):
            return first, second
    return None


def _give_up(c: Conversation) -> tuple[Block, ...] | None:
    failure = c.failure("lookup_customer") or c.failure("list_charges")
    if failure:
        return _answer(f"I cannot look into it: {failure}.")
    return _answer("There was no charge in that month.") if c.result("list_charges") == [] else None


def _investigate(c: Conversation) -> tuple[Block, ...]:
    customer, month = re.search(r"\b\d{4}\b", c.question), _month(c)
    if not customer or not month:
        return _answer("Which customer, and which month? I need both to look into it.")
    number = customer.group()
    why = f"“Twice” can be one payment taken again, or two that look alike. I pull up customer {number} and {month}."
    lookup = ToolUse("lookup_customer", {"customer_id": number})
    charges = ToolUse("list_charges", {"customer_id": number, "month": month})
    return _act(why, 0.96, ["search_policy"], lookup, charges)


def _month(c: Conversation) -> str | None:
    year = re.search(r"\b(20\d\d)-\d\d-\d\d\b", c.system)
    named = next((number for number, name in enumerate(_MONTHS, 1) if name in c.question), None)
    return f"{year.group(1)}-{named:02}" if year and named else None


Rule = Callable[[Conversation], tuple[Block, ...] | None]
"""What to say next if the conversation has come to this point, else `None`."""

RULES: tuple[Rule, ...] = (
    _report,
    _tell_the_customer,
    _ask_finance,
    _read_the_policy,
    _refund_the_duplicate,
    _give_up,
    _look_at_the_invoice,
    _jump_to_a_conclusion,
    _investigate,
)
"""The rules in the order they are tried: what is known last decides first."""
