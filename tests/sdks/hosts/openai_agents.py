"""Spans of every kind around the host's own code."""

from agents import agent_span, function_span, generation_span, guardrail_span, handoff_span, response_span, trace

result, failure = object(), ValueError("theirs")


def give(span, fail):
    with span:
        if fail:
            raise failure
        return result


def work(caught):
    with trace("run"), agent_span("desk"):
        for make in (function_span, guardrail_span):
            assert give(make("search"), False) is result
            assert caught(lambda make=make: give(make("search"), True)) is failure
        for make in (generation_span, response_span, handoff_span):
            assert give(make(), False) is result
            assert caught(lambda make=make: give(make(), True)) is failure
