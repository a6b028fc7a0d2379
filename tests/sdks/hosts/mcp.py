"""A session over streams in memory, whose tool gives, fails and is not there."""

import asyncio
from contextlib import suppress

import anyio
import mcp
from mcp import ClientSession

try:
    from mcp.server import MCPServer
except ImportError:  # version 1
    from mcp.server.fastmcp import FastMCP as MCPServer

server = MCPServer("desk", log_level="CRITICAL")


@server.tool()
def give(fail: bool) -> str:
    if fail:
        raise ValueError("theirs")
    return "given"


async def talk():
    low = getattr(server, "_lowlevel_server", None) or server._mcp_server
    to_server, from_client = anyio.create_memory_object_stream(9)
    to_client, from_server = anyio.create_memory_object_stream(9)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: low.run(from_client, to_client, low.create_initialization_options()))
        async with ClientSession(from_server, to_server) as session:
            await session.initialize()
            assert (await session.call_tool("give", {"fail": False})).content[0].text == "given"
            failed = await session.call_tool("give", {"fail": True})
            assert getattr(failed, "isError", None) or failed.is_error
            with suppress(getattr(mcp, "MCPError", mcp.McpError if hasattr(mcp, "McpError") else ())):
                await session.call_tool("missing", {})
        tasks.cancel_scope.cancel()


async def talk_without_streams():
    async with mcp.Client(server) as client:
        assert (await client.call_tool("give", {"fail": False})).content[0].text == "given"
        assert (await client.call_tool("give", {"fail": True})).is_error


def work(caught):
    asyncio.run(talk())
    if hasattr(mcp, "Client"):
        asyncio.run(talk_without_streams())
