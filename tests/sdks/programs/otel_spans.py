"""A host that traces its agent by hand with OpenTelemetry, around calls that go through OpenAI's package."""

from openai import OpenAI
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

exported = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exported))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("desk")
client = OpenAI()


def ask(question: str) -> str:
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-test"}
    with tracer.start_as_current_span("chat gpt-test", attributes=attributes) as span:
        answer = client.chat.completions.create(model="gpt-test", messages=[{"role": "user", "content": question}])
        span.set_attribute("gen_ai.response.id", answer.id)
        return answer.choices[0].message.content


def look_up(city: str) -> str:
    attributes = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "look_up"}
    with tracer.start_as_current_span("execute_tool look_up", attributes=attributes) as span:
        span.set_attribute("gen_ai.tool.call.result", "21 °C")
        return f"{city}: 21 °C"


with tracer.start_as_current_span("GET /weather"):
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "weather"}
    with tracer.start_as_current_span("invoke_agent weather", attributes=agent):
        print(look_up("Rome"))
        print(ask("How warm is Rome?"))
print([span.name for span in exported.get_finished_spans()])
