"""Answers about a trace: pure functions of what was read, each with its rule and the events that are its evidence."""
