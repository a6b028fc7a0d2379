"""An agent with a tool."""

from strands import Agent, tool
from strands.models.openai import OpenAIModel


@tool
def get_weather(city: str) -> str:
    """Say how warm a city is."""
    return f"{city}: 21 °C"


agent = Agent(model=OpenAIModel(model_id="gpt-test"), tools=[get_weather], name="weather", callback_handler=None)
print(agent("How warm is Rome?"))
