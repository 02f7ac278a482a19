"""`drumnet mcp`: what a language model may ask the drummer for.

Source: Model Context Protocol (https://modelcontextprotocol.io), by its own package `mcp`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drumnet.cli.extras import require_mcp
from drumnet.cli.options import PATH, model_option
from drumnet.errors import DrumnetError
from drumnet.settings import TABLE

if TYPE_CHECKING:
    from drumnet.assistant import Assistant


@click.command()
@click.argument("folders", nargs=-1, type=PATH, required=True, metavar="FOLDER...")
@model_option
def mcp(folders: tuple[Path, ...], model: str) -> None:
    """Answer a program that speaks the Model Context Protocol, on stdin and stdout.

    Its tools are listen, generate, vary, explain and export. They read and write
    in each FOLDER alone, and overwrite nothing.
    """
    require_mcp()
    from drumnet.assistant import Assistant
    from drumnet.drummer import Drummer

    _serve(Assistant(folders, Drummer(model)))


def _serve(assistant: Assistant) -> None:
    from mcp.server import MCPServer

    settings = "; ".join(f"{one.name}: {one.help}" for one in TABLE)
    said = f"Drums for songs. Styles: {', '.join(assistant.styles)}. Settings: {settings}"
    server = MCPServer("drumnet", instructions=said, log_level="ERROR")
    calls: list[Callable[..., dict[str, Any]]] = [
        assistant.listen,
        assistant.generate,
        assistant.vary,
        assistant.explain,
        assistant.export,
    ]
    for call in calls:
        server.add_tool(_told(call))
    server.run("stdio")


def _told(call: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """The call, whose faults are told as they are; of others the library tells nothing."""
    from mcp.server.mcpserver.exceptions import ToolError

    @wraps(call)
    def told(*args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            return call(*args, **kwargs)
        except DrumnetError as fault:
            raise ToolError(str(fault)) from fault

    return told
