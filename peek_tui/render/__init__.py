"""Text without a toolkit: what the command line, the screen and the exports say of a trace."""
