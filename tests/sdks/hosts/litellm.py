"""Calls of models that give, fail and stream; and what LiteLLM calls at the end, called by hand, for it calls late."""

import litellm

QUESTION = [{"role": "user", "content": "hi"}]


def work(caught):
    assert litellm.completion("openai/m", QUESTION, mock_response="hello").choices[0].message.content == "hello"
    stream = litellm.completion("openai/m", QUESTION, mock_response="hello", stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == "hello"
    failed = caught(lambda: litellm.completion("openai/m", QUESTION, mock_response=ValueError("theirs")))
    assert "theirs" in str(failed)
    for logger in [each for each in litellm.callbacks if type(each).__name__ == "PeekLogger"]:
        kwargs = {"litellm_call_id": "1", "exception": ValueError("theirs")}
        for end in (logger.log_success_event, logger.log_failure_event):
            logger.log_pre_api_call(model="m", messages=QUESTION, kwargs=kwargs)
            end(kwargs=kwargs, response_obj=None, start_time=0, end_time=1)
