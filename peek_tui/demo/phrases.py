"""What generated agents talk about: sentences in several scripts, tools with their arguments, and ways to fail."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["AGENTS", "FAILURES", "MODELS", "POLICIES", "SENTENCES", "TOOLS", "Failing", "Policy"]

AGENTS = ("planner", "researcher", "coder", "reviewer", "billing", "翻译", "диспетчер")
"""Names of agents."""

MODELS = ("claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-5-5")
"""Models they ask."""

SENTENCES = (
    "The invoice was paid twice in October.",
    "I compare the two charges before I touch either of them.",
    "The deployment failed after the migration had locked the orders table.",
    "Three of the five replicas answer; the other two time out after 30 s.",
    "The search returned nothing useful, so I ask for the raw log.",
    "According to the policy a refund above 250.00 EUR needs an approval.",
    "The test is red because the fixture still has the old schema.",
    "I am not certain: the customer may mean the second order.",
    "Let me check the status page first — it's cheaper than guessing.",
    "That contradicts what the previous tool said.",
    "Die Rechnung wurde zweimal bezahlt, die Gutschrift fehlt noch.",
    "Łącznie zapłacono 624,00 zł, choć faktura jest na 312,00 zł.",
    "Заказ отправлен дважды, второй курьер уже в пути.",
    "Клиент просит вернуть деньги на карту, а не на счёт.",
    "客户十月份被重复扣款，需要退款。",
    "我先核对发票，再决定是否退款。",
    "サーバーが応答しないため、ログを確認します。",
    "고객이 두 번 결제했습니다.",
    "تم خصم المبلغ مرتين من البطاقة.",
    "All green again ✅ and the queue is draining 🚀.",
    "Careful: 👩‍💻 has edited this file since I read it.",
)
"""What they say and read."""

TOOLS = {
    "search": {"query": "duplicate charge october", "limit": 10},
    "read_file": {"path": "services/billing/refunds.py", "start": 1, "end": 120},
    "run_tests": {"target": "tests/billing", "verbose": False},
    "query_database": {"sql": "SELECT id, amount FROM charges WHERE customer = $1", "parameters": ["4127"]},
    "fetch_url": {"url": "https://status.example.com/api/v2/summary.json", "timeout": 30},
    "send_email": {"to": "customer-4127", "subject": "Ваш возврат / Your refund"},
    "translate": {"text": "退款已提交", "to": "en"},
}
"""Tools with arguments for them."""


class Failing(NamedTuple):
    """A way for a tool to fail."""

    type: str
    message: str


FAILURES = (
    Failing("TimeoutError", "no answer within 30 s"),
    Failing("KeyError", "'amount_cents'"),
    Failing("PermissionError", "[Errno 13] Permission denied: 'services/billing/refunds.py'"),
    Failing("ValueError", "month must be written YYYY-MM, not «октябрь»"),
    Failing("httpx.ConnectError", "[Errno 111] Connection refused"),
)
"""Ways for tools to fail."""


class Policy(NamedTuple):
    """A rule that agents are held to."""

    name: str
    action: str
    instead: str


POLICIES = (
    Policy("refund_limit", "issue_refund", "request_approval"),
    Policy("no_personal_data", "send_email", "leave the address out"),
    Policy("read_only_production", "query_database", "query the replica"),
)
"""Rules that agents are held to."""
