"""A client that starts a server as a process of its own, and calls a tool of it."""

import asyncio
import sys
from pathlib import Path

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

SERVER = Path(__file__).with_name("mcp_server.py")


async def main() -> None:
    server = StdioServerParameters(command=sys.executable, args=[str(SERVER)])
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        print([tool.name for tool in (await session.list_tools()).tools])
        print((await session.call_tool("get_weather", {"city": "Rome"})).content[0].text)
        print((await session.call_tool("get_weather", {"city": "Atlantis"})).content[0].text)


asyncio.run(main())
