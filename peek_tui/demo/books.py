"""The books of the demo: what the ledger agent can look up.

Like the desk they keep no state, so the export they offer stays where it is: in a queue.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

from capture import trace_tool

from .company import CUSTOMERS, PAYMENTS
from .tools import Toolbox, input_schema

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionFunctionToolParam

__all__ = ["Books"]


class Books(Toolbox):
    """The ledger agent's tools."""

    def __init__(self, scale: float = 0.0) -> None:
        super().__init__(self.find_payments, self.start_export, self.check_export, scale=scale)

    def described(self) -> list[ChatCompletionFunctionToolParam]:
        """The tools as OpenAI's API wants to be told of them."""
        return [
            {
                "type": "function",
                "function": {
                    "name": name,
                    "description": inspect.getdoc(tool) or "",
                    "parameters": input_schema(tool),
                    "strict": True,
                },
            }
            for name, tool in self.tools.items()
        ]

    @trace_tool
    def find_payments(self, customer_id: str, month: str) -> list[dict[str, Any]]:
        """Find a customer's payments of a month, each with its invoice and what it was booked at."""
        self._work(0.4)
        if not re.fullmatch(r"\d{4}-\d\d", month):
            raise ValueError(f"a month is written YYYY-MM, not “{month}”")
        return [
            {
                "charge_id": payment.charge_id,
                "invoice": payment.invoice,
                "amount": payment.amount,
                "currency": CUSTOMERS[customer_id].currency,
                "booked_eur_cents": payment.booked_eur_cents,
            }
            for payment in PAYMENTS
            if payment.customer == customer_id and payment.date.startswith(month)
        ]

    @trace_tool
    def start_export(self, month: str) -> dict[str, Any]:
        """Have the reconciliation of a month made. Takes a while: see check_export."""
        self._work(0.5)
        return {"export_id": f"exp_{month}", "status": "queued"}

    @trace_tool
    def check_export(self, export_id: str) -> dict[str, Any]:
        """See whether an export is ready."""
        self._work(0.6)
        return {"export_id": export_id, "status": "queued", "rows": 0}
