"""The screens: the debugger, the list of sessions, the keys."""
