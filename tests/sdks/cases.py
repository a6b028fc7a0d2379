"""The programs, what the model says to each, and exactly what must be seen of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import capture
from tests.loopback import Failure, Model, Reply, Text, ToolUse

__all__ = ["CASES", "Case"]

ASKS = Reply((ToolUse("get_weather", {"city": "Rome"}, id="call_1"),))
ANSWERS = Reply((Text("It is 21 °C in Rome."),))


class ClaudeCode:
    """What Claude Code asks: a title for the session, and meanwhile an answer, for which a command is to be run."""

    def reply(self, request: Mapping[str, Any]) -> Reply:
        if not request.get("tools"):
            return Reply((Text('{"title": "Weather"}'),))
        told = "tool_result" in str(request["messages"])
        command = {"command": "echo 21 °C", "description": "Look"}
        return ANSWERS if told else Reply((ToolUse("Bash", command, id="toolu_1"),))


@dataclass(frozen=True)
class Case:
    """One program."""

    packages: tuple[str, ...]
    """What it shows; each is a row of the README's table."""
    program: str
    """`programs/NAME.py`."""
    answers: tuple[Reply | Failure, ...] | Model
    seen: str
    """The outline of its trace."""
    older: str = ""
    """The outline where an older line of the package says something else."""
    unbilled: tuple[tuple[int, int], ...] = ()
    """Tokens of answers that no server gave."""
    elsewhere: bool = False
    """The model is asked by another process that is no Python: its calls are not seen."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables it is run with beside those every program gets."""


CASES = (
    Case(
        ("anthropic",),
        "anthropic_messages",
        (ASKS, ANSWERS),
        """
agent_start anthropic_messages
  llm_request claude-test
    llm_response get_weather()
  tool_call get_weather {"city": "Rome"}
    tool_result "Rome: 21 °C"
  llm_request claude-test
    llm_chunk
    llm_response "It is 21 °C in Rome."
  agent_end completed
""",
    ),
    Case(
        ("google-genai",),
        "gemini_content",
        (ASKS, ANSWERS, Reply((Text("Warmer."),))),
        """
agent_start gemini_content
  llm_request gemini-test
    llm_response get_weather()
  tool_call get_weather {"city": "Rome"}
    tool_result {"result": "Rome: 21 °C"}
  llm_request gemini-test
    llm_response "It is 21 °C in Rome."
  llm_request gemini-test
    llm_chunk
    llm_response "Warmer."
  agent_end completed
""",
    ),
    Case(
        ("strands-agents",),
        "strands_agent",
        (ASKS, ANSWERS),
        """
agent_start strands_agent
  agent_start weather (strands)
    llm_request gpt-test
      llm_chunk
      llm_response get_weather()
    tool_call get_weather {"city": "Rome"}
      tool_result [{"text": "Rome: 21 °C"}]
    llm_request gpt-test
      llm_chunk
      llm_response "It is 21 °C in Rome."
    agent_end completed
  agent_end completed
""",
    ),
    Case(
        ("openai",),
        "openai_chat",
        (ASKS, ANSWERS, Reply((Text("Warmer."),))),
        """
agent_start openai_chat
  llm_request gpt-test
    llm_response get_weather()
  tool_call get_weather {"city": "Rome"}
    tool_result "Rome: 21 °C"
  llm_request gpt-test
    llm_chunk
    llm_response "It is 21 °C in Rome."
  llm_request gpt-test
    llm_response "Warmer."
  agent_end completed
""",
    ),
    Case(
        ("anthropic", "openai", "opentelemetry-instrumentation-genai-openai"),
        "both_providers",
        tuple(Reply((Text(text),)) for text in ("one", "two", "three", "four", "five", "six")),
        """
agent_start both_providers
  llm_request claude-test
    llm_response "one"
  llm_request gpt-test
    llm_response "two"
  llm_request claude-test
    llm_chunk
    llm_response "three"
  llm_request gpt-test
    llm_chunk
    llm_response "four"
  llm_request claude-test
    llm_response "five"
  llm_request gpt-test
    llm_response "six"
  agent_end completed
""",
        environment={"PYTHONPATH": str(Path(capture.__file__).parents[1])},
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
    Case(
        ("openai-agents",),
        "openai_agents",
        (Reply((ToolUse("transfer_to_weather", {}),)), ASKS, ANSWERS),
        """
agent_start openai_agents
  agent_start triage (openai-agents)
    agent_turn triage #1
      safety_check polite pass
      llm_request gpt-test
        llm_response transfer_to_weather()
      decision hand off to weather
    agent_end completed
  agent_start weather (openai-agents)
    agent_turn weather #2
      llm_request gpt-test
        llm_response get_weather()
      tool_call get_weather {"city": "Rome"}
        tool_result "Rome: 21 °C"
    agent_turn weather #3
      llm_request gpt-test
        llm_response "It is 21 °C in Rome."
    agent_end completed
  agent_end completed
""",
        environment={"OPENAI_API_KEY": ""},
    ),
    Case(
        ("pydantic-ai-slim",),
        "pydantic_agent",
        (ASKS, ANSWERS),
        """
agent_start pydantic_agent
  agent_start weather (pydantic-ai)
    llm_request gpt-test
      llm_response get_weather()
    tool_call get_weather {"city": "Rome"}
      tool_result "Rome: 21 °C"
    llm_request gpt-test
      llm_response "It is 21 °C in Rome."
    agent_end completed
  agent_end completed
""",
    ),
    Case(
        ("opentelemetry-sdk",),
        "otel_spans",
        (ANSWERS,),
        """
agent_start otel_spans
  agent_start weather (otel)
    tool_call look_up null
      tool_result "21 °C"
    llm_request gpt-test
      llm_response "It is 21 °C in Rome."
    agent_end completed
  agent_end completed
""",
    ),
    Case(
        ("mcp",),
        "mcp_client",
        (),
        """
agent_start mcp_client
  tool_call count_roots {}
    tool_result "0 roots"
  tool_call wait {}
    tool_result null ! asyncio.exceptions.CancelledError
  tool_call get_weather {"city": "Rome"}
    tool_result "Rome: 21 °C"
  tool_call get_weather {"city": "Atlantis"}
    tool_result "Error executing tool get_weather" ! ToolError
  agent_end completed
""",
        older="""
agent_start mcp_client
  tool_call count_roots {}
    tool_result "0 roots"
  tool_call wait {}
    tool_result null ! asyncio.exceptions.CancelledError
  tool_call get_weather {"city": "Rome"}
    tool_result "Rome: 21 °C"
  tool_call get_weather {"city": "Atlantis"}
    tool_result "Error executing tool get_weather: no such city" ! ToolError
  agent_end completed
""",
    ),
    Case(
        ("litellm",),
        "litellm_calls",
        (ANSWERS, ANSWERS, ANSWERS),
        """
agent_start litellm_calls
  llm_request gpt-test
    llm_response "It is 21 °C in Rome."
  llm_request claude-test
    llm_chunk
    llm_response "It is 21 °C in Rome."
  llm_request gpt-mock
    llm_response "Warm."
  llm_request gpt-test
    llm_response "It is 21 °C in Rome."
  agent_end completed
""",
        unbilled=((10, 20),),
    ),
    Case(
        ("claude-agent-sdk",),
        "claude_agent",
        ClaudeCode(),
        """
agent_start claude_agent
  agent_start claude (claude-agent-sdk)
    user_message
    tool_call Bash {"command": "echo 21 °C", "description": "Look"}
      tool_result {"stdout": "21 °C", "stderr": "", "interrupted": false, "isImage": false, "noOutputExpected": false}
    agent_end completed
  agent_end completed
""",
        elsewhere=True,
    ),
)
