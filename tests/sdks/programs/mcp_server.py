"""A server with one tool."""

try:
    from mcp.server import MCPServer
except ImportError:  # version 1
    from mcp.server.fastmcp import FastMCP as MCPServer

server = MCPServer("weather", log_level="ERROR")


@server.tool()
def get_weather(city: str) -> str:
    """Say how warm a city is."""
    if city == "Atlantis":
        raise ValueError("no such city")
    return f"{city}: 21 °C"


server.run()
