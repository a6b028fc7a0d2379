from __future__ import annotations

import json
from typing import Any

from peek_tui.demo.books import Books
from peek_tui.demo.conversation import FAILED, Call, Conversation
from peek_tui.demo.desk import Desk
from peek_tui.demo.ledger_model import LedgerModel
from peek_tui.demo.prompt import SUPPORT_SYSTEM
from peek_tui.demo.server import Reply, Text, ToolUse, overloaded
from peek_tui.demo.support_model import SupportModel

Turn = tuple[ToolUse, Any]
DESK, BOOKS = Desk(str), Books()
ASKED = "Did customer 4127 pay an invoice twice in October 2026?"


def text(result: Any) -> str:
    return str(result) if isinstance(result, Exception) else json.dumps(result)


def messages(question: str, *turns: Turn, tools: Any = None) -> dict[str, Any]:
    """A request to Anthropic's API, after these calls had these results; an exception is a failure."""
    said: list[dict[str, Any]] = [{"role": "user", "content": question}]
    for number, (use, result) in enumerate(turns):
        call = {"type": "tool_use", "id": f"toolu_{number}", "name": use.name, "input": dict(use.input)}
        failed = isinstance(result, Exception)
        answer = {"type": "tool_result", "tool_use_id": call["id"], "content": text(result), "is_error": failed}
        said += [{"role": "assistant", "content": [call]}, {"role": "user", "content": [answer]}]
    return {"model": "m", "system": SUPPORT_SYSTEM, "tools": tools or DESK.described(), "messages": said}


def chat(question: str, *turns: Turn) -> dict[str, Any]:
    """The same as a request to OpenAI's API."""
    said: list[dict[str, Any]] = [{"role": "system", "content": "…"}, {"role": "user", "content": question}]
    for number, (use, result) in enumerate(turns):
        function = {"name": use.name, "arguments": json.dumps(use.input)}
        call = {"type": "function", "id": f"call_{number}", "function": function}
        content = (FAILED if isinstance(result, Exception) else "") + text(result)
        said.append({"role": "assistant", "content": None, "tool_calls": [call]})
        said.append({"role": "tool", "tool_call_id": call["id"], "content": content})
    return {"model": "m", "tools": BOOKS.described(), "messages": said}


def calls(reply: object) -> list[tuple[str, dict[str, Any]]]:
    assert isinstance(reply, Reply)
    return [(block.name, dict(block.input)) for block in reply.blocks if isinstance(block, ToolUse)]


def experienced() -> SupportModel:
    """A model that has had its bad moment."""
    model = SupportModel()
    model.reply(messages("?", (ToolUse("lookup_customer", {}), LookupError("gone"))))
    return model


class TestConversation:
    TURNS = ((ToolUse("a", {"x": "ł"}), [1]), (ToolUse("a", {"x": "ł"}), KeyError("x")), (ToolUse("b", {}), "so"))

    def test_both_formats(self) -> None:
        """A conversation is the same in both providers' formats."""
        known = (Call("a", {"x": "ł"}, [1], False), Call("a", {"x": "ł"}, "'x'", True), Call("b", {}, "so", False))
        first, second = (
            Conversation.of_messages(messages("?", *self.TURNS)),
            Conversation.of_chat(chat("?", *self.TURNS)),
        )
        assert (first.question, first.calls) == (second.question, second.calls) == ("?", known)
        assert (first.system, second.system) == (SUPPORT_SYSTEM, "…")
        assert (first.tools, second.tools) == (frozenset(DESK.tools), frozenset(BOOKS.tools))

    def test_what_is_known(self) -> None:
        """A model can ask for a tool's last result, its last failure, and how often it was called."""
        known = Conversation.of_chat(chat("?", *self.TURNS))
        assert (known.result("a"), known.failure("a"), known.count("a")) == ([1], "'x'", 2)
        assert (known.result("c"), known.failure("c"), known.count("c")) == (None, "", 0)
        assert (known.failure("b"), known.failed("a", {"x": "ł"}), known.failed("b", {})) == ("", True, False)


class TestSupport:
    def test_two_at_once(self) -> None:
        """A case opens with two calls in one turn, from the question's words and the prompt's date."""
        assert calls(SupportModel().reply(messages("Customer 5230, in March"))) == [
            ("lookup_customer", {"customer_id": "5230"}),
            ("list_charges", {"customer_id": "5230", "month": "2026-03"}),
        ]

    def test_refused(self) -> None:
        """A refund that is refused for its size goes to finance as it is."""
        refund = ToolUse("issue_refund", {"charge_id": "ch_9002", "amount_cents": 31_200, "reason": "twice"})
        refused = PermissionError("a refund of 31200 cents is above the limit of 25000, use request_approval")
        assert calls(experienced().reply(messages("4127, October", (refund, refused)))) == [
            ("request_approval", {"charge_id": "ch_9002", "amount_cents": 31_200, "reason": "twice"})
        ]

    def test_no_circles(self) -> None:
        """A call that has failed is not asked for again."""
        finding = {"charge_id": "ch_9102", "invoice": "inv_401", "amount_cents": 1_900, "note": ""}
        arguments = {"charge_id": "ch_9102", "amount_cents": 1_900, "reason": "inv_401 was paid twice"}
        turns = (ToolUse("ask_ledger", {}), finding), (ToolUse("issue_refund", arguments), TimeoutError("no answer"))
        reply = experienced().reply(messages("5230, October", *turns))
        assert reply == Reply((Text("I cannot go on: issue_refund has failed, and again would change nothing."),))

    def test_missing_tool(self) -> None:
        """The model asks only for tools it was given."""
        reply = SupportModel().reply(messages("4127, October", tools=DESK.described()[:1]))
        assert reply == Reply((Text("I cannot go on: nobody has given me list_charges."),))

    def test_overloaded_once(self) -> None:
        """The first request with tool results finds the provider overloaded, the same request again does not."""
        model = SupportModel(scale=2)
        seen = messages("4127, October", (ToolUse("lookup_customer", {"customer_id": "4127"}), LookupError("gone")))
        assert model.reply(seen) == overloaded(retry_after=1.6)
        assert model.reply(seen) == Reply((Text("I cannot look into it: gone."),), delay=1.4)


class TestLedger:
    FOUND = (
        ToolUse("find_payments", {"customer_id": "4127", "month": "2026-10"}),
        [{"charge_id": f"ch_{number}", "invoice": "inv_1", "amount": 500, "currency": "SEK"} for number in (1, 2)],
    )
    LOOK = (ToolUse("check_export", {"export_id": "exp_7"}), {"export_id": "exp_7", "status": "queued"})

    def test_month(self) -> None:
        """It asks for the month as people write it, and once it was told, as the tool wants it."""
        [first] = calls(LedgerModel().reply(chat(ASKED)))
        assert first == ("find_payments", {"customer_id": "4127", "month": "October 2026"})
        failed = ValueError("a month is written YYYY-MM, not “October 2026”")
        [second] = calls(LedgerModel().reply(chat(ASKED, (ToolUse(*first), failed))))
        assert second == ("find_payments", {"customer_id": "4127", "month": "2026-10"})

    def test_patience(self) -> None:
        """It looks at an export until it has looked five times, and then answers without."""
        start = (ToolUse("start_export", {"month": "2026-10"}), {"export_id": "exp_7", "status": "queued"})
        asked = [calls(LedgerModel().reply(chat(ASKED, self.FOUND, start, *[self.LOOK] * n))) for n in range(6)]
        assert asked == [[("check_export", {"export_id": "exp_7"})]] * 5 + [[]]

    def test_mistake(self) -> None:
        """It takes the amount for euros, whatever the currency beside it says."""
        [said] = LedgerModel().reply(chat(ASKED, self.FOUND, *[self.LOOK] * 5)).blocks
        assert isinstance(said, Text)
        assert json.loads(said.text)["amount_cents"] == 500

    def test_unclear_question(self) -> None:
        """Without a customer and a month it reports that it needs them."""
        [said] = LedgerModel(scale=2).reply(chat("Twice?")).blocks
        assert said == Text(
            '{"charge_id": null, "invoice": null, "amount_cents": null, '
            '"note": "Which customer, and which month? I need both to look into it."}'
        )
