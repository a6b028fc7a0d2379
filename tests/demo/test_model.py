from __future__ import annotations

import json
from typing import Any

import pytest

from peek_tui.demo import desk
from peek_tui.demo.model import SupportModel
from peek_tui.demo.prompt import SYSTEM
from peek_tui.demo.wire import Reply, Text, ToolUse, overloaded


def request(question: str, *turns: tuple[ToolUse, Any], tools: Any = desk.SCHEMAS) -> dict[str, Any]:
    """A conversation in which these calls had these results; an exception is a failure."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": question}]
    for number, (call, result) in enumerate(turns):
        failed = isinstance(result, Exception)
        use = {"type": "tool_use", "id": f"toolu_{number}", "name": call.name, "input": dict(call.input)}
        text = str(result) if failed else json.dumps(result)
        answer = {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": text, "is_error": failed}
        messages += [{"role": "assistant", "content": [use]}, {"role": "user", "content": [answer]}]
    return {"model": "m", "system": SYSTEM, "tools": tools, "messages": messages}


def play(question: str) -> tuple[list[str], str]:
    """Let the model and the desk play a case: what it called in turn, and its answer."""
    model, turns = SupportModel(), list[tuple[ToolUse, Any]]()
    while True:
        reply = model.reply(request(question, *turns))
        if not isinstance(reply, Reply):
            continue
        calls = [block for block in reply.blocks if isinstance(block, ToolUse)]
        if not calls:
            assert isinstance(reply.blocks[0], Text)
            return [call.name for call, _ in turns], reply.blocks[0].text
        turns += [(call, result(call)) for call in calls]


def result(call: ToolUse) -> Any:
    try:
        return desk.TOOLS[call.name](**call.input)
    except Exception as error:
        return error


def calls(reply: object) -> list[tuple[str, dict[str, Any]]]:
    assert isinstance(reply, Reply)
    return [(block.name, dict(block.input)) for block in reply.blocks if isinstance(block, ToolUse)]


class TestCases:
    def test_wrong_conclusion(self) -> None:
        """Charges that share a day and an amount mislead the model, until the refund fails."""
        called, answer = play("Customer 4127 says they were charged twice in October.")
        assert called == [
            "lookup_customer",
            "list_charges",
            "issue_refund",
            "get_invoice",
            "issue_refund",
            "send_email",
        ]
        assert answer == (
            "**Zoë Łukaszewicz was charged twice.** ✅\n\n"
            "- ch_9002 took €312.00 that had been paid already.\n"
            "- I have refunded it: re_9002.\n"
            "- The customer has been told, in their own language.\n\n"
            "I first took ch_9004 for the duplicate, by its day and amount. That refund failed and moved no money."
        )

    def test_lucky_conclusion(self) -> None:
        """Where the conclusion is right, the refund is made at once and nothing is regretted."""
        called, answer = play("Customer 6002 was charged twice in October")
        assert called == ["lookup_customer", "list_charges", "issue_refund", "send_email"]
        assert answer.endswith("I have refunded it: re_9202.\n- The customer has been told, in their own language.")

    def test_nothing_to_jump_at(self) -> None:
        """Without charges of the same day the model looks at the invoice first."""
        called, _ = play("Customer 5230 was charged twice in October")
        assert called == ["lookup_customer", "list_charges", "get_invoice", "issue_refund", "send_email"]

    @pytest.mark.parametrize(
        ("question", "answer"),
        [
            ("8008, October", "Every charge belongs to an invoice of its own: nothing was charged twice."),
            ("8008, September", "There was no charge in that month."),
            ("9999, October", "I cannot look into it: there is no customer 9999."),
            ("Someone was charged twice!", "Which customer, and which month? I need both to look into it."),
        ],
    )
    def test_no_case(self, question: str, answer: str) -> None:
        """Where nothing was charged twice, or nobody can say, the model says so."""
        assert play(question)[1] == answer


class TestTurns:
    def test_two_at_once(self) -> None:
        """The case opens with two calls in one turn, from the question's words and the prompt's date."""
        assert calls(SupportModel().reply(request("Customer 5230, in March"))) == [
            ("lookup_customer", {"customer_id": "5230"}),
            ("list_charges", {"customer_id": "5230", "month": "2026-03"}),
        ]

    def test_refused(self) -> None:
        """A refund that is refused for its size sends the model to the policy, which sends it to finance."""
        question = "Customer 4127, October"
        lookup, charges = ToolUse("lookup_customer", {"customer_id": "4127"}), ToolUse("list_charges", {})
        invoice = ToolUse("get_invoice", {"invoice_id": "inv_310"})
        refund = ToolUse("issue_refund", {"charge_id": "ch_9002"})
        turns = [
            (lookup, desk.lookup_customer("4127")),
            (charges, desk.list_charges("4127", "2026-10")),
            (invoice, desk.get_invoice("inv_310")),
            (refund, PermissionError("above the limit")),
        ]
        model = experienced()
        [search] = calls(model.reply(request(question, *turns)))
        assert search == ("search_policy", {"query": "duplicate refund above the limit"})
        turns.append((ToolUse(*search), desk.search_policy(**search[1])))
        assert calls(model.reply(request(question, *turns))) == [
            ("request_approval", {"charge_id": "ch_9002", "amount_cents": 31_200, "reason": "inv_310 was paid twice"})
        ]

    def test_no_circles(self) -> None:
        """A call that has failed is not asked for again."""
        lookup = (ToolUse("lookup_customer", {"customer_id": "6002"}), desk.lookup_customer("6002"))
        charges = (ToolUse("list_charges", {}), desk.list_charges("6002", "2026-10"))
        arguments = {"charge_id": "ch_9202", "amount_cents": 4_900, "reason": "duplicate of ch_9201"}
        refund = (ToolUse("issue_refund", arguments), TimeoutError("no answer"))
        invoice = (ToolUse("get_invoice", {"invoice_id": "inv_502"}), TimeoutError("no answer"))
        reply = experienced().reply(request("6002, October", lookup, charges, refund, invoice))
        assert reply == Reply((Text("I cannot go on: get_invoice has been tried, and again would change nothing."),))

    def test_missing_tool(self) -> None:
        """The model asks only for tools it was given."""
        reply = SupportModel().reply(request("4127, October", tools=[desk.SCHEMAS[0]]))
        assert reply == Reply((Text("I cannot go on: nobody has given me list_charges."),))

    def test_overloaded_once(self) -> None:
        """The first request with tool results finds the provider overloaded, the same request again does not."""
        model = SupportModel(scale=2)
        seen = request("4127, October", (ToolUse("lookup_customer", {"customer_id": "4127"}), LookupError("gone")))
        assert model.reply(seen) == overloaded(retry_after=1.6)
        assert model.reply(seen) == Reply((Text("I cannot look into it: gone."),), delay=1.4)


def experienced() -> SupportModel:
    """A model that has had its bad moment."""
    model = SupportModel()
    model.reply(request("?", (ToolUse("lookup_customer", {}), LookupError("gone"))))
    return model
