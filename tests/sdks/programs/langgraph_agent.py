"""A graph of two nodes: a model that may ask for tools, and the tools."""

from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition


@tool
def get_weather(city: str) -> str:
    """Say how warm a city is."""
    return f"{city}: 21 °C"


model = ChatOpenAI(model="gpt-test").bind_tools([get_weather])


def agent(state: MessagesState) -> dict:
    return {"messages": [model.invoke(state["messages"])]}


graph = StateGraph(MessagesState)
graph.add_node("agent", agent)
graph.add_node("tools", ToolNode([get_weather]))
graph.add_edge(START, "agent")
graph.add_conditional_edges("agent", tools_condition)
graph.add_edge("tools", "agent")
answer = graph.compile(name="weather").invoke({"messages": [("user", "How warm is Rome?")]})
for message in answer["messages"]:
    print(message.type, message.content)
