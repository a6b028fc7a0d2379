"""Asks for the weather, runs the tool it is told to run, and streams the answer."""

import anthropic

TOOL = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def get_weather(city: str) -> str:
    return f"{city}: 21 °C"


client = anthropic.Anthropic()
messages = [{"role": "user", "content": "How warm is Rome?"}]
asked = client.messages.create(model="claude-test", max_tokens=100, messages=messages, tools=[TOOL])
results = [
    {"type": "tool_result", "tool_use_id": block.id, "content": get_weather(**block.input)}
    for block in asked.content
    if block.type == "tool_use"
]
messages += [{"role": "assistant", "content": asked.content}, {"role": "user", "content": results}]
with client.messages.stream(model="claude-test", max_tokens=100, messages=messages, tools=[TOOL]) as stream:
    for text in stream.text_stream:
        print(text, end="")
print()
