"""An agent whose tool and whose model raise."""

from strands import Agent, tool
from strands.models import Model

failure = ValueError("theirs")


class Script(Model):
    def update_config(self, **config): ...

    def get_config(self):
        return {"model_id": "script"}

    async def structured_output(self, *args, **kwargs):
        yield {}

    async def stream(self, messages, *args, **kwargs):
        asked = messages[0]["content"][0]["text"]
        if asked == "break":
            raise failure
        yield {"messageStart": {"role": "assistant"}}
        if len(messages) == 1:
            yield {"contentBlockStart": {"start": {"toolUse": {"toolUseId": "t", "name": "give"}}}}
            yield {"contentBlockDelta": {"delta": {"toolUse": {"input": "{}"}}}}
            yield {"contentBlockStop": {}}
            yield {"messageStop": {"stopReason": "tool_use"}}
        else:
            yield {"contentBlockDelta": {"delta": {"text": "done"}}}
            yield {"contentBlockStop": {}}
            yield {"messageStop": {"stopReason": "end_turn"}}


@tool
def give() -> str:
    """Give it."""
    return "given"


def work(caught):
    assert str(Agent(model=Script(), tools=[give], callback_handler=None)("give")).strip() == "done"
    broken = Agent(model=Script(), tools=[give], callback_handler=None)
    raised = caught(lambda: broken("break"))
    assert raised is failure or raised.__cause__ is failure
    assert caught(lambda: Agent(model=Script(), nonsense=1)).__class__ is TypeError
