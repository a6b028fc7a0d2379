"""The support desk of the demo: its customers, charges and policies, and the tools an agent has for working with them.

The tools keep no state, so that two runs in one process see the same desk.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from capture import trace_tool

if TYPE_CHECKING:
    from anthropic.types import ToolParam

__all__ = [
    "REFUND_LIMIT_CENTS",
    "SCHEMAS",
    "TOOLS",
    "RefundError",
    "get_invoice",
    "issue_refund",
    "list_charges",
    "lookup_customer",
    "request_approval",
    "search_policy",
    "send_email",
    "work_scale",
]

work_scale: ContextVar[float] = ContextVar("work_scale", default=0.0)
"""How many real seconds a second of the tools' pretended work takes; none, unless someone watches."""

REFUND_LIMIT_CENTS = 25_000
"""What an agent may refund without a person's approval."""

_CUSTOMERS = {
    "4127": {"name": "Zoë Łukaszewicz", "email": "zoe@example.com", "plan": "Team", "language": "pl"},
    "5230": {"name": "佐藤 花子", "email": "hanako@example.com", "plan": "Solo", "language": "en"},
    "6002": {"name": "Олена Коваль", "email": "olena@example.com", "plan": "Team", "language": "en"},
    "8008": {"name": "Nuño Etxeberria", "email": "nuno@example.com", "plan": "Team", "language": "en"},
}

_INVOICES: dict[str, dict[str, Any]] = {
    "inv_310": {"total_cents": 31_200, "lines": ["Team plan, October"]},
    "inv_322": {"total_cents": 9_800, "lines": ["Extra seat (Jan)", "Extra seat (Łukasz)"]},
    "inv_401": {"total_cents": 1_900, "lines": ["Solo plan, October"]},
    "inv_502": {"total_cents": 4_900, "lines": ["Extra seat (Ірина)"]},
    "inv_610": {"total_cents": 9_800, "lines": ["Extra seat (Ane)", "Extra seat (Iker)"]},
}


def _charge(id: str, customer: str, date: str, cents: int, what: str, invoice: str) -> dict[str, Any]:
    return {"id": id, "customer": customer, "date": date, "amount_cents": cents, "what": what, "invoice": invoice}


_CHARGES = [
    _charge("ch_9001", "4127", "2026-10-02", 31_200, "Team plan, October", "inv_310"),
    _charge("ch_9002", "4127", "2026-10-03", 31_200, "Team plan, October", "inv_310"),
    _charge("ch_9003", "4127", "2026-10-17", 4_900, "Extra seat", "inv_322"),
    _charge("ch_9004", "4127", "2026-10-17", 4_900, "Extra seat", "inv_322"),
    _charge("ch_9101", "5230", "2026-10-05", 1_900, "Solo plan, October", "inv_401"),
    _charge("ch_9102", "5230", "2026-10-06", 1_900, "Solo plan, October", "inv_401"),
    _charge("ch_9201", "6002", "2026-10-09", 4_900, "Extra seat", "inv_502"),
    _charge("ch_9202", "6002", "2026-10-09", 4_900, "Extra seat", "inv_502"),
    _charge("ch_9301", "8008", "2026-10-20", 4_900, "Extra seat", "inv_610"),
    _charge("ch_9302", "8008", "2026-10-20", 4_900, "Extra seat", "inv_610"),
]

_POLICIES = {
    "§4.1 Refunds": "A payment that was taken twice is refunded in full, to the card it came from.",
    "§4.2 Refunds above the limit": (
        "An agent refunds up to 250.00 EUR alone. A confirmed duplicate above that goes to finance with "
        "request_approval; finance answers within one working day. Do not split a refund to stay below the limit."
    ),
    "§7.3 Wording": "Write in the customer's language, name the amount, and promise no date we do not control.",
}


class RefundError(Exception):
    """The payment provider does not accept a refund."""


@trace_tool
def lookup_customer(customer_id: str) -> dict[str, Any]:
    """Find a customer by their number."""
    _work(0.4)
    if customer_id not in _CUSTOMERS:
        raise LookupError(f"there is no customer {customer_id}")
    return {"id": customer_id, **_CUSTOMERS[customer_id]}


@trace_tool
def list_charges(customer_id: str, month: str) -> list[dict[str, Any]]:
    """List a customer's card charges in a month, written YYYY-MM."""
    _work(0.7)
    return [c for c in _CHARGES if c["customer"] == customer_id and c["date"].startswith(month)]


@trace_tool
def get_invoice(invoice_id: str) -> dict[str, Any]:
    """Show an invoice, its lines and the payments it has received."""
    _work(0.5)
    payments = [charge["id"] for charge in _CHARGES if charge["invoice"] == invoice_id]
    return {"id": invoice_id, **_INVOICES[invoice_id], "paid_cents": _paid(invoice_id), "payments": payments}


@trace_tool
def issue_refund(charge_id: str, amount_cents: int, reason: str) -> dict[str, Any]:
    """Give a payment back to the card it came from. Cannot be undone."""
    _work(0.8)
    invoice = next(charge["invoice"] for charge in _CHARGES if charge["id"] == charge_id)
    if _paid(invoice) - _INVOICES[invoice]["total_cents"] < amount_cents:
        raise RefundError(f"{charge_id} is not a duplicate: {invoice} has been paid once, and exactly")
    return {"refund_id": f"re_{charge_id[3:]}", "charge_id": charge_id, "amount_cents": amount_cents, "reason": reason}


@trace_tool
def search_policy(query: str) -> list[dict[str, str]]:
    """Find the paragraphs of the refund policy that a query is about."""
    _work(0.6)
    words = {word for word in query.lower().split() if len(word) > 3}
    found = {title: sum(word in (title + text).lower() for word in words) for title, text in _POLICIES.items()}
    best = sorted(found, key=lambda title: -found[title])[:2]
    return [{"title": title, "text": _POLICIES[title]} for title in best]


@trace_tool
def request_approval(charge_id: str, amount_cents: int, reason: str) -> dict[str, Any]:
    """Ask finance to approve a refund that is above an agent's limit."""
    _work(0.6)
    ticket = {"approval_id": f"apr_{charge_id[3:]}", "status": "waiting"}
    return {**ticket, "charge_id": charge_id, "amount_cents": amount_cents, "reason": reason}


@trace_tool
def send_email(customer_id: str, subject: str, body: str) -> dict[str, Any]:
    """Write to a customer."""
    _work(0.5)
    return {"sent_to": _CUSTOMERS[customer_id]["email"], "subject": subject, "characters": len(body)}


TOOLS: dict[str, Callable[..., Any]] = {
    tool.__name__: tool
    for tool in (
        lookup_customer,
        list_charges,
        get_invoice,
        issue_refund,
        search_policy,
        request_approval,
        send_email,
    )
}
"""The tools by name."""


def _schema(tool: Callable[..., Any]) -> ToolParam:
    """A tool as the model is told of it: everything is in its signature and its docstring."""
    parameters = inspect.signature(tool).parameters
    types = {name: {"type": "integer" if p.annotation == "int" else "string"} for name, p in parameters.items()}
    return {
        "name": tool.__name__,
        "description": inspect.getdoc(tool) or "",
        "input_schema": {"type": "object", "properties": types, "required": list(types)},
    }


SCHEMAS = [_schema(tool) for tool in TOOLS.values()]
"""The tools as the model is told of them."""


def _paid(invoice: str) -> int:
    return sum(charge["amount_cents"] for charge in _CHARGES if charge["invoice"] == invoice)


def _work(duration: float) -> None:
    if pause := duration * work_scale.get():
        time.sleep(pause)
