"""Steps from event to event."""

from __future__ import annotations

from tests.tui.screens import Peek, text_of
from tests.tui.story import Row

from . import exercise


@exercise("step(1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert peek.row == 1
    await peek.go(Row.SOLD_OUT)
    await peek.press(key)
    assert peek.row == Row.REFUSAL  # past the helper


@exercise("step(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert peek.bar("keys") == " no further event of this agent"
    await peek.press("j", "j", key)
    assert peek.row == 1


@exercise("seek_error(1)")
async def _(peek: Peek, key: str) -> None:
    for row in (Row.OVERLOADED, Row.SOLD_OUT, Row.SOLD_OUT):
        await peek.press(key)
        assert peek.row == row
    assert peek.bar("keys") == " no later error"


@exercise("seek_error(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press("G")
    for row in (Row.SOLD_OUT, Row.OVERLOADED, Row.OVERLOADED):
        await peek.press(key)
        assert peek.row == row
    assert peek.bar("keys") == " no earlier error"


@exercise("seek_alert(1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert peek.row == Row.REFUSAL
    await peek.press(key)
    assert peek.bar("keys") == " no later alert or warning"


@exercise("seek_alert(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press("G", key)
    assert peek.row == Row.REFUSAL


@exercise("over(1)")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.TURNS[0])
    await peek.press(key)
    assert peek.row == Row.TURNS[1]
    await peek.go(Row.RESULT)
    await peek.press(key)
    assert peek.row == Row.TURNS[1]  # the end of the call, the decision and the turn


@exercise("over(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.TURNS[1])
    await peek.press(key, key)
    assert peek.row == Row.MESSAGE
    await peek.press(key)
    assert peek.row == 0
    await peek.press(key)
    assert peek.bar("keys") == " nothing is before this"


@exercise("finish")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.CALL)
    await peek.press(key)
    assert peek.row == Row.RESULT
    await peek.press(key)
    assert peek.event.type == "agent_end"
    await peek.press(key)
    assert peek.bar("keys") == " this is the end of everything around it"


@exercise("run(1)")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.CALL)
    await peek.press("b", "g")
    for row in (Row.CALL, Row.HELPER[2], Row.REFUSAL, Row.REFUSAL):
        await peek.press(key)
        assert peek.row == row
    assert peek.bar("keys") == " no later breakpoint or alert"
    await peek.go(Row.CALL)
    await peek.press("b")


@exercise("run(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press("G", key)
    assert peek.row == Row.REFUSAL


@exercise("break")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.CALL)
    await peek.press(key)
    assert peek.bar("keys") == " breakpoint set: type:tool_call name:search"
    signs = [line[5:6] for line in text_of(peek.timeline).splitlines()]
    assert [row for row, sign in enumerate(signs) if sign == "●"] == [Row.CALL, Row.HELPER[2]]
    await peek.press(key)
    assert peek.bar("keys") == " breakpoint removed: type:tool_call name:search"
    assert "●" not in text_of(peek.timeline)


@exercise("breakpoints")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert peek.bar("keys").startswith(" there are no breakpoints")
    await peek.go(Row.CALL)
    await peek.press("b", key, "enter", "g", "c")
    assert peek.row == Row.REFUSAL  # the breakpoint is turned off
    await peek.press("g", key, "enter", "c")
    assert peek.row == Row.CALL
    await peek.press("b")


@exercise("seek_decision(1)")
async def _(peek: Peek, key: str) -> None:
    for row in Row.DECISIONS[:3]:
        await peek.press(key)
        assert peek.row == row


@exercise("seek_decision(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press("G", key, key)
    assert peek.row == Row.DECISIONS[-2]


@exercise("seek_same(1)")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.CALL)
    await peek.press(key)
    assert peek.row == Row.HELPER[2]
    await peek.press(key)
    assert peek.bar("keys") == " no later event of this type and name"


@exercise("seek_same(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.HELPER[2])
    await peek.press(key)
    assert peek.row == Row.CALL


@exercise("seek_near(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.CALL)
    await peek.press(key)
    assert peek.row == Row.REQUEST


@exercise("seek_near(1)")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.CALL)
    await peek.press(key)
    assert peek.row == Row.TURNS[1] + 1


@exercise("choose_near")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key, *"refu", "tab", "enter", "greater_than_sign")
    assert peek.row == Row.REFUSAL
    await peek.press(key, *"none", "enter")
    assert peek.bar("keys") == " there is no event of type 'none' in this trace"


@exercise("cross")
async def _(peek: Peek, key: str) -> None:
    for call, result in ((Row.CALL, Row.RESULT), (Row.REQUEST, Row.RESPONSE), (0, Row.END)):
        await peek.go(call)
        await peek.press(key)
        assert peek.row == result
        await peek.press(key)
        assert peek.row == call
    await peek.go(Row.DECISION)
    await peek.press(key)
    assert peek.bar("keys").startswith(" this event is no call that has a result")


@exercise("up")
async def _(peek: Peek, key: str) -> None:
    await peek.press("e", "e")
    types = []
    for _ in range(4):
        await peek.press(key)
        types.append(peek.event.type)
    assert types == ["tool_call", "decision", "agent_turn", "agent_start"]
    await peek.press(key)
    assert peek.bar("keys") == " this event belongs to nothing"


@exercise("down")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert peek.event.type == "user_message"
    await peek.press(key)
    assert peek.bar("keys") == " nothing belongs to this event"


@exercise("sibling(1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press("d")
    for row in Row.TURNS[:3]:
        await peek.press(key)
        assert peek.row == row


@exercise("sibling(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press("G")
    for row in reversed(Row.TURNS[-3:]):
        await peek.press(key)
        assert peek.row == row
