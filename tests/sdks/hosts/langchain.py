"""Runs, tools, retrievers, models and a graph: each gives the host's object, and raises the host's exception."""

from langchain_core.documents import Document
from langchain_core.language_models import FakeListChatModel, FakeListLLM
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda
from langchain_core.tools import tool
from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict

result, failure, document = object(), ValueError("theirs"), Document("a page")


class State(TypedDict):
    fail: bool


class Documents(BaseRetriever):
    def _get_relevant_documents(self, query, *, run_manager):
        if query == "fail":
            raise failure
        return [document]


@tool
def give(fail: bool) -> object:
    """Give it."""
    return act(fail)


def act(fail):
    if fail:
        raise failure
    return result


def node(state: State) -> State:
    act(state["fail"])
    return {"fail": state["fail"]}


graph = StateGraph(State)
graph.add_node("node", node)
graph.add_edge(START, "node")
app = graph.compile()


def work(caught):
    chain = RunnableLambda(act)
    assert chain.invoke(False) is result
    assert caught(lambda: chain.invoke(True)) is failure
    assert give.invoke({"fail": False}) is result
    assert caught(lambda: give.invoke({"fail": True})) is failure
    assert app.invoke({"fail": False}) == {"fail": False}
    assert caught(lambda: app.invoke({"fail": True})) is failure
    assert FakeListChatModel(responses=["hi"]).invoke("hello").content == "hi"
    assert FakeListLLM(responses=["hi"]).invoke("hello") == "hi"
    assert Documents().invoke("give")[0] is document
    assert caught(lambda: Documents().invoke("fail")) is failure
