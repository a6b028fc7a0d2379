"""Has the package run a tool by itself, and streams an answer."""

import os

from google import genai


def get_weather(city: str) -> str:
    """Say how warm a city is."""
    return f"{city}: 21 °C"


client = genai.Client(api_key="k", http_options={"base_url": os.environ["GOOGLE_GEMINI_BASE_URL"]})
answer = client.models.generate_content(
    model="gemini-test", contents="How warm is Rome?", config={"tools": [get_weather]}
)
print(answer.text)
for piece in client.models.generate_content_stream(model="gemini-test", contents="And in May?"):
    print(piece.text, end="")
print()
