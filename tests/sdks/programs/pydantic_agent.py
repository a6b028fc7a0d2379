"""An agent with a tool."""

from pydantic_ai import Agent

agent = Agent("openai-chat:gpt-test", name="weather", instructions="Be brief.")


@agent.tool_plain
def get_weather(city: str) -> str:
    """Say how warm a city is."""
    return f"{city}: 21 °C"


print(agent.run_sync("How warm is Rome?").output)
