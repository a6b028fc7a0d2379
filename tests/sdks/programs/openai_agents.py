"""Two agents: one that hands over to the other, which has a tool; a guardrail looks at what comes in."""

from agents import (
    Agent,
    GuardrailFunctionOutput,
    Runner,
    function_tool,
    input_guardrail,
    set_default_openai_client,
)
from openai import AsyncOpenAI


@function_tool
def get_weather(city: str) -> str:
    """Say how warm a city is."""
    return f"{city}: 21 °C"


@input_guardrail
async def polite(context, agent, given) -> GuardrailFunctionOutput:
    return GuardrailFunctionOutput(output_info="fine", tripwire_triggered=False)


set_default_openai_client(AsyncOpenAI(api_key="k"), use_for_tracing=False)
weather = Agent(name="weather", instructions="Answer.", model="gpt-test", tools=[get_weather])
triage = Agent(name="triage", model="gpt-test", handoffs=[weather], input_guardrails=[polite])
result = Runner.run_sync(triage, "How warm is Rome?")
print(result.last_agent.name, result.final_output)
