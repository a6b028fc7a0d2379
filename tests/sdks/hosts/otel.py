"""Spans of every kind, started, ended and failing."""

from opentelemetry.sdk.trace import TracerProvider

result, failure = object(), ValueError("theirs")


def give(tracer, kind, fail):
    with tracer.start_as_current_span(kind, attributes={"gen_ai.operation.name": kind}):
        if fail:
            raise failure
        return result


def work(caught):
    tracer = TracerProvider().get_tracer("desk")
    for kind in ("invoke_agent", "execute_event_loop_cycle", "execute_tool", "chat", "run_guardrail", "http"):
        assert give(tracer, kind, False) is result
        assert caught(lambda kind=kind: give(tracer, kind, True)) is failure
    with tracer.start_as_current_span("late") as span:
        span.set_attribute("gen_ai.operation.name", "chat")
