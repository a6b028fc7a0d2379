"""The agent of these stories: records one event each time it is told to, over its stdin, and says its id."""

from __future__ import annotations

import json
import sys

from capture import TraceContext


def main() -> None:
    """Record until stdin ends."""
    path, name = sys.argv[1:]
    with TraceContext(agent_name=name, path=path) as trace:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for line in sys.stdin:
            method, arguments = json.loads(line)
            sys.stdout.write(f"{getattr(trace, f'record_{method}')(**arguments)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
