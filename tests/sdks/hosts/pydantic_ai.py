"""An agent whose tool and whose model raise."""

from pydantic_ai import Agent
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import FunctionModel

failure = ValueError("theirs")


def answer(messages, info):
    if len(messages) > 1:
        return ModelResponse(parts=[TextPart("done")])
    asked = messages[0].parts[-1].content
    if asked == "break":
        raise failure
    return ModelResponse(parts=[ToolCallPart("give", {"fail": asked == "fail"})])


agent = Agent(FunctionModel(answer), name="desk")


@agent.tool_plain
def give(fail: bool) -> str:
    if fail:
        raise failure
    return "given"


def work(caught):
    assert agent.run_sync("give").output == "done"
    assert caught(lambda: agent.run_sync("fail")) is failure
    assert caught(lambda: agent.run_sync("break")) is failure
