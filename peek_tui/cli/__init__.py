"""The command line: one file a command, names and exit codes as CLI.md fixes them."""
