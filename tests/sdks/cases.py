"""The programs, what the model says to each, and exactly what must be seen of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.loopback import Failure, Reply, Text, ToolUse

__all__ = ["CASES", "Case"]

ASKS = Reply((ToolUse("get_weather", {"city": "Rome"}, id="call_1"),))
ANSWERS = Reply((Text("It is 21 °C in Rome."),))


@dataclass(frozen=True)
class Case:
    """One program."""

    packages: tuple[str, ...]
    """What it shows; each is a row of the README's table."""
    program: str
    """`programs/NAME.py`."""
    answers: tuple[Reply | Failure, ...]
    seen: str
    """The outline of its trace."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables it is run with beside those every program gets."""


CASES = (
    Case(
        ("openai",),
        "openai_chat",
        (ASKS, ANSWERS),
        """
agent_start openai_chat
  llm_request gpt-test
    llm_response get_weather()
  llm_request gpt-test
    llm_chunk
    llm_response "It is 21 °C in Rome."
  agent_end completed
""",
    ),
    Case(
        ("langchain-core", "langgraph"),
        "langgraph_agent",
        (ASKS, ANSWERS),
        """
agent_start langgraph_agent
  agent_start weather (langgraph)
    agent_turn agent #1
      llm_request gpt-test
        llm_response get_weather()
    agent_turn tools #2
      tool_call get_weather {"city": "Rome"}
        tool_result "Rome: 21 °C"
    agent_turn agent #3
      llm_request gpt-test
        llm_response "It is 21 °C in Rome."
    agent_end completed
  agent_end completed
""",
    ),
)
