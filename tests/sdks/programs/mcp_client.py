"""A client that starts a server as a process of its own, and calls its tools; for one it does not wait."""

import asyncio
import sys
from pathlib import Path

import anyio
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import ListRootsResult

SERVER = Path(__file__).with_name("mcp_server.py")


async def roots(context):
    return ListRootsResult(roots=[])


async def main() -> None:
    server = StdioServerParameters(command=sys.executable, args=[str(SERVER)])
    async with (
        stdio_client(server) as (read, write),
        ClientSession(read, write, list_roots_callback=roots) as session,
    ):
        await session.initialize()
        print([tool.name for tool in (await session.list_tools()).tools])
        print((await session.call_tool("count_roots", {})).content[0].text)
        with anyio.move_on_after(0.2):
            await session.call_tool("wait", {})
        print((await session.call_tool("get_weather", {"city": "Rome"})).content[0].text)
        print((await session.call_tool("get_weather", {"city": "Atlantis"})).content[0].text)


asyncio.run(main())
