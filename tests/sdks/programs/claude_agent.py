"""Has Claude Code run a command and say what came of it."""

import asyncio

from claude_agent_sdk import AssistantMessage, ClaudeAgentOptions, ResultMessage, TextBlock, query


async def main() -> None:
    options = ClaudeAgentOptions(model="claude-sonnet-4-5", allowed_tools=["Bash"])
    async for message in query(prompt="How warm is Rome?", options=options):
        if isinstance(message, AssistantMessage):
            print(*(block.text for block in message.content if isinstance(block, TextBlock)))
        if isinstance(message, ResultMessage):
            print(message.subtype, message.result)


asyncio.run(main())
