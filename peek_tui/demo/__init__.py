"""The demo: two agents at work on a small case, the loopback model server they talk to, and traces of any length."""
