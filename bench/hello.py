"""The smallest Textual program that shows something: what the debugger's start is set against."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Hello(App[None]):
    """Says hello."""

    def compose(self) -> ComposeResult:
        yield Static("Hello, terminal")


if __name__ == "__main__":
    Hello().run()
