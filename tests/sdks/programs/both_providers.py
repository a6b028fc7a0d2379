"""Asks Claude and GPT in turns, while they are watched four times over: by the tap, by `capture.install()`, by the
telemetry that anthropic has built in, and by the instrumentor that OpenTelemetry has for openai.
"""

import asyncio

import anthropic
import openai
from opentelemetry import trace
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import capture

capture.install()
exported = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exported))
trace.set_tracer_provider(provider)
OpenAIInstrumentor().instrument()
claude, gpt = anthropic.Anthropic(), openai.OpenAI()


def asked(question: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": question}]


print(claude.messages.create(model="claude-test", max_tokens=100, messages=asked("One?")).content[0].text)
print(gpt.chat.completions.create(model="gpt-test", messages=asked("Two?")).choices[0].message.content)
with claude.messages.stream(model="claude-test", max_tokens=100, messages=asked("Three?")) as stream:
    print("".join(stream.text_stream))
chunks = gpt.chat.completions.create(
    model="gpt-test", messages=asked("Four?"), stream=True, stream_options={"include_usage": True}
)
print("".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices))


async def ask_both() -> None:
    async with anthropic.AsyncAnthropic() as claude, openai.AsyncOpenAI() as gpt:
        answer = await claude.messages.create(model="claude-test", max_tokens=100, messages=asked("Five?"))
        print(answer.content[0].text)
        print((await gpt.responses.create(model="gpt-test", input="Six?")).output_text)


asyncio.run(ask_both())
print([span.name for span in exported.get_finished_spans()])
