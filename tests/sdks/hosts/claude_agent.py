"""Options with hooks of the host's own; and what the SDK tells hooks, told by hand, for it takes a process to tell."""

import asyncio
from dataclasses import replace

from claude_agent_sdk import ClaudeAgentOptions, HookMatcher

EVENTS = (
    {"hook_event_name": "UserPromptSubmit", "prompt": "hi"},
    {"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {}, "tool_use_id": "1"},
    {"hook_event_name": "PostToolUse", "tool_response": "given", "tool_use_id": "1"},
    {"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {}, "tool_use_id": "2"},
    {"hook_event_name": "PostToolUseFailure", "error": "theirs", "tool_use_id": "2"},
    {"hook_event_name": "SubagentStart", "agent_id": "a", "agent_type": "helper"},
    {"hook_event_name": "SubagentStop", "agent_id": "a"},
    {"hook_event_name": "Stop"},
)


async def mine(given, tool_use_id, context):
    return {}


def work(caught):
    matcher = HookMatcher(matcher="Bash", hooks=[mine])
    options = ClaudeAgentOptions(hooks={"PreToolUse": [matcher]}, max_turns=3)
    assert options.hooks["PreToolUse"][0] is matcher
    again = replace(options, max_turns=4)
    assert [len(each) for each in again.hooks.values()] == [len(each) for each in options.hooks.values()]
    assert isinstance(caught(lambda: ClaudeAgentOptions(nonsense=1)), TypeError)
    for event in EVENTS:
        for each in options.hooks.get(event["hook_event_name"], ()):
            for hook in each.hooks:
                assert asyncio.run(hook({"session_id": "s", **event}, event.get("tool_use_id"), None)) == {}
