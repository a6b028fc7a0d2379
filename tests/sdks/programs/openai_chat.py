"""Asks for the weather with chat completions streams the answer, and asks once more with the Responses API."""

import json

from openai import OpenAI

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def get_weather(city: str) -> str:
    return f"{city}: 21 °C"


client = OpenAI()
messages = [{"role": "user", "content": "How warm is Rome?"}]
asked = client.chat.completions.create(model="gpt-test", messages=messages, tools=[TOOL]).choices[0].message
messages.append(asked)
for call in asked.tool_calls:
    result = get_weather(**json.loads(call.function.arguments))
    messages.append({"role": "tool", "tool_call_id": call.id, "content": result})

stream = client.chat.completions.create(
    model="gpt-test", messages=messages, tools=[TOOL], stream=True, stream_options={"include_usage": True}
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="")
print()
print(client.responses.create(model="gpt-test", input="And in May?").output_text)
