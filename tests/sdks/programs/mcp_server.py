"""A server with a tool that answers, one that asks back, and one that never comes to an end."""

import warnings

import anyio

try:
    from mcp.server import MCPServer
    from mcp.server.mcpserver import Context
except ImportError:  # version 1
    from mcp.server.fastmcp import Context
    from mcp.server.fastmcp import FastMCP as MCPServer

warnings.simplefilter("ignore")  # roots are deprecated
server = MCPServer("weather", log_level="ERROR")


@server.tool()
def get_weather(city: str) -> str:
    """Say how warm a city is."""
    if city == "Atlantis":
        raise ValueError("no such city")
    return f"{city}: 21 °C"


@server.tool()
async def count_roots(context: Context) -> str:
    """Ask for the roots so often that the server's own ids are those of the client's requests."""
    found = [len((await context.session.list_roots()).roots) for _ in range(9)]
    return f"{sum(found)} roots"


@server.tool()
async def wait() -> str:
    """Wait for nothing."""
    await anyio.sleep_forever()
    return "never"


server.run()
