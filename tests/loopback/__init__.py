"""A model provider on the loopback interface that speaks every format we read, for tests with the real packages.

```python
with LoopbackServer(Reply((Thinking("hm"), Text("hi"))), overloaded(), Reply((ToolUse("add", {"a": 1}),))) as server:
    openai.OpenAI(base_url=server.openai_url, api_key="k")      # chat completions, responses, embeddings
    anthropic.Anthropic(base_url=server.base_url, api_key="k")  # messages
    genai.Client(api_key="k", http_options={"base_url": server.base_url})  # generateContent, streamGenerateContent
```

The answers are given in that order, whatever is asked; `LoopbackServer(model=…)` asks a `Model` of the test's own.
Embeddings need no answer. A `Failure` is an HTTP error, with `retry_after` one that the packages try again;
`Reply(…, delay=…)` thinks before its first byte, `pace=` waits between the pieces of a stream, `breaks="cut"` closes
the connection in the midst of a body, and `breaks=overloaded()` ends a stream with an error.
`server.exchanges` holds what passed, byte for byte.
"""

from __future__ import annotations

from peek_tui.demo.server import Exchange, Failure, Model, Reply, ScriptedModel, Text, Thinking, ToolUse, overloaded

from .server import LoopbackServer

__all__ = [
    "Exchange",
    "Failure",
    "LoopbackServer",
    "Model",
    "Reply",
    "ScriptedModel",
    "Text",
    "Thinking",
    "ToolUse",
    "overloaded",
]
