"""Peek: a terminal debugger for AI agents."""
