"""Asks two providers in one shape, and once a model that is not asked at all."""

import asyncio

import litellm

QUESTION = [{"role": "user", "content": "How warm is Rome?"}]

print(litellm.completion("openai/gpt-test", QUESTION).choices[0].message.content)
for chunk in litellm.completion("anthropic/claude-test", QUESTION, stream=True):
    print(chunk.choices[0].delta.content or "", end="")
print()
print(litellm.completion("openai/gpt-mock", QUESTION, mock_response="Warm.").choices[0].message.content)
answer = asyncio.run(litellm.acompletion("openai/gpt-test", QUESTION))
print(answer.choices[0].message.content)
