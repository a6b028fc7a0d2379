"""What the wire lacks: runs, nodes, tools and agents, told by the official callbacks of the libraries.

Each module adapts one library. It registers right after the host has imported that library, imports nothing of it
itself, and patches none of its methods.
"""
