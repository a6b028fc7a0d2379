"""The demo: an agent at work on a small case, the loopback model server it talks to, and traces of any length."""
