"""LangChain and LangGraph: runs, nodes, tools and retrievers, by a callback handler in every thread's configuration.

A graph's or chain's outermost run is an agent, a node is a turn of it. Steps in between (prompts, parsers, conditions)
are no events.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from types import ModuleType
from typing import Any

from ..._core.guard import guarded
from ..registry import Undo
from .langchain_messages import request_of, response_of
from .runs import Runs

__all__ = ["instrument"]


def instrument(module: ModuleType) -> Undo:
    """Have the runs of LangChain tell, given `langchain_core.tracers.context`; return what ends that."""
    base = sys.modules["langchain_core.callbacks.base"].BaseCallbackHandler  # imported: `module` builds on it
    handler: _Handler = type("PeekHandler", (_Handler, base), {})()
    # The default of a variable holds in threads too, which begin with an empty context.
    module.register_configure_hook(ContextVar("capture_langchain", default=handler), inheritable=True)
    return handler.leave


class _Handler:
    """What LangChain calls. It calls in the task that runs, so that what a run does finds itself inside it."""

    run_inline = True

    def __init__(self) -> None:
        self._runs: Runs | None = Runs("langchain")

    def leave(self) -> None:
        """Record no further run: LangChain knows no way to take a handler back."""
        self._runs = None

    @guarded(None)
    def on_chain_start(self, serialized: Any, inputs: Any, **run: Any) -> None:
        if self._runs is None:
            return
        key, parent, name, metadata = run["run_id"], run["parent_run_id"], run.get("name"), run.get("metadata") or {}
        if any(tag.startswith("graph:step:") for tag in run.get("tags") or ()):
            self._runs.turn(key, parent, str(name), turn_index=metadata.get("langgraph_step"))
        elif parent is None:
            self._runs.agent(key, parent, str(name or "chain"), metadata.get("ls_integration"))
        else:
            self._runs.passed(key, parent)

    @guarded(None)
    def on_chat_model_start(self, serialized: Any, messages: Any, **run: Any) -> None:
        self._model(serialized, messages, run)

    @guarded(None)
    def on_llm_start(self, serialized: Any, prompts: Any, **run: Any) -> None:
        self._model(serialized, prompts, run)

    def _model(self, serialized: Any, messages: Any, run: dict[str, Any]) -> None:
        if self._runs is not None:
            kind = ((serialized or {}).get("id") or ["?"])[-1]
            model, fields = request_of(messages, run.get("invocation_params") or {}, run.get("metadata") or {})
            self._runs.model(run["run_id"], run["parent_run_id"], kind, model, fields)

    @guarded(None)
    def on_tool_start(self, serialized: Any, input_str: str, **run: Any) -> None:
        if self._runs is not None:
            name = run.get("name") or (serialized or {}).get("name") or "tool"
            arguments = run.get("inputs")
            self._runs.tool(run["run_id"], run["parent_run_id"], name, input_str if arguments is None else arguments)

    @guarded(None)
    def on_retriever_start(self, serialized: Any, query: str, **run: Any) -> None:
        if self._runs is not None:
            name = run.get("name") or ((serialized or {}).get("id") or ["retriever"])[-1]
            self._runs.tool(run["run_id"], run["parent_run_id"], name, {"query": query})

    @guarded(None)
    def on_chain_end(self, outputs: Any, **run: Any) -> None:
        self._end(run)

    @guarded(None)
    def on_llm_end(self, response: Any, **run: Any) -> None:
        self._end(run, **response_of(response))

    @guarded(None)
    def on_tool_end(self, output: Any, **run: Any) -> None:
        self._end(run, result=getattr(output, "content", output), is_error=getattr(output, "status", "") == "error")

    @guarded(None)
    def on_retriever_end(self, documents: Any, **run: Any) -> None:
        self._end(run, result=[{"content": each.page_content, "metadata": each.metadata} for each in documents])

    @guarded(None)
    def on_chain_error(self, error: BaseException, **run: Any) -> None:
        interrupted = any(kind.__name__ == "GraphBubbleUp" for kind in type(error).__mro__)
        self._end(run, error=None if interrupted else error)

    on_llm_error = on_tool_error = on_retriever_error = on_chain_error

    def _end(self, run: dict[str, Any], **outcome: Any) -> None:
        if self._runs is not None:
            self._runs.end(run["run_id"], **outcome)
