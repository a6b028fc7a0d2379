"""The support desk of the demo: what the support agent can do.

The tools keep no state, so that two runs in one process see the same desk.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from capture import trace_tool

from .company import CUSTOMERS, PAYMENTS
from .tools import Toolbox, input_schema

if TYPE_CHECKING:
    from anthropic.types import ToolParam

__all__ = ["Desk"]


class Desk(Toolbox):
    """The support agent's tools. `ask` is how to reach the ledger agent."""

    def __init__(self, ask: Callable[[str], Any], scale: float = 0.0) -> None:
        super().__init__(
            self.lookup_customer,
            self.list_charges,
            self.ask_ledger,
            self.issue_refund,
            self.request_approval,
            self.send_email,
            scale=scale,
        )
        self._ask = ask

    def described(self) -> list[ToolParam]:
        """The tools as Anthropic's API wants to be told of them."""
        return [
            {"name": name, "description": inspect.getdoc(tool) or "", "input_schema": input_schema(tool)}
            for name, tool in self.tools.items()
        ]

    @trace_tool
    def lookup_customer(self, customer_id: str) -> dict[str, Any]:
        """Find a customer by their number."""
        self._work(0.4)
        if customer_id not in CUSTOMERS:
            raise LookupError(f"there is no customer {customer_id}")
        return {"id": customer_id, **CUSTOMERS[customer_id]._asdict()}

    @trace_tool
    def list_charges(self, customer_id: str, month: str) -> list[dict[str, Any]]:
        """List a customer's card charges in a month, written YYYY-MM."""
        self._work(0.7)
        return [
            {
                "id": payment.charge_id,
                "date": payment.date,
                "what": payment.what,
                "amount": f"{payment.amount / 100:.2f} {CUSTOMERS[customer_id].currency}",
            }
            for payment in PAYMENTS
            if payment.customer == customer_id and payment.date.startswith(month)
        ]

    @trace_tool
    def ask_ledger(self, question: str) -> Any:
        """Ask the ledger agent, who knows which payment belongs to which invoice, and answers in euro cents."""
        return self._ask(question)

    @trace_tool
    def issue_refund(self, charge_id: str, amount_cents: int, reason: str) -> dict[str, Any]:
        """Give euro cents of a payment back to the card it came from. Cannot be undone."""
        self._work(0.8)
        refund = {"refund_id": f"re_{charge_id[3:]}", "status": "on its way"}
        return {**refund, "charge_id": charge_id, "amount_cents": amount_cents, "reason": reason}

    @trace_tool
    def request_approval(self, charge_id: str, amount_cents: int, reason: str) -> dict[str, Any]:
        """Ask finance to approve a refund that is above an agent's limit, in euro cents."""
        self._work(0.6)
        ticket = {"approval_id": f"apr_{charge_id[3:]}", "status": "waiting"}
        return {**ticket, "charge_id": charge_id, "amount_cents": amount_cents, "reason": reason}

    @trace_tool
    def send_email(self, customer_id: str, subject: str, body: str) -> dict[str, Any]:
        """Write to a customer."""
        self._work(0.5)
        return {"sent_to": CUSTOMERS[customer_id].email, "subject": subject, "characters": len(body)}
