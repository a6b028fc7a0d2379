from __future__ import annotations

from peek_tui.demo.books import Books
from peek_tui.demo.desk import Desk
from peek_tui.demo.tools import Outcome

REFUND = {
    "type": "object",
    "properties": {
        "charge_id": {"type": "string"},
        "amount_cents": {"type": "integer"},
        "reason": {"type": "string"},
    },
    "required": ["charge_id", "amount_cents", "reason"],
    "additionalProperties": False,
}


def test_described_to_anthropic() -> None:
    """The support agent's model is told a tool's name, what it does, and which arguments it takes."""
    [refund] = [tool for tool in Desk(str).described() if tool["name"] == "issue_refund"]
    assert refund == {
        "name": "issue_refund",
        "description": "Give euro cents of a payment back to the card it came from. Cannot be undone.",
        "input_schema": REFUND,
    }


def test_described_to_openai() -> None:
    """The ledger agent's model is told the same, as its provider wants it."""
    assert Books().described()[2] == {
        "type": "function",
        "function": {
            "name": "check_export",
            "description": "See whether an export is ready.",
            "parameters": {
                "type": "object",
                "properties": {"export_id": {"type": "string"}},
                "required": ["export_id"],
                "additionalProperties": False,
            },
            "strict": True,
        },
    }


def test_outcome() -> None:
    """A tool's result is JSON without escapes; a tool that fails, or is not there, becomes an outcome that says so."""
    desk = Desk(lambda question: {"asked": question})
    assert desk.use("ask_ledger", {"question": "łódź?"}) == Outcome('{"asked": "łódź?"}')
    assert desk.use("lookup_customer", {"customer_id": "1"}) == Outcome("there is no customer 1", failed=True)
    assert desk.use("ask_customer", {}) == Outcome("'ask_customer'", failed=True)
