"""The command line, the palette, help, and stopping what goes on."""

from __future__ import annotations

from peek_tui.errors import UsageError
from peek_tui.state.choosing import Choice
from peek_tui.state.command import COMMANDS, complete_command, mistake_in_command, split
from peek_tui.state.goto import HINT, go_to
from peek_tui.state.prompt import Prompt
from peek_tui.tui.actions import key_names
from peek_tui.tui.widgets.bars import Bar

from .answering import Answering
from .marking import Marking
from .playing import Playing
from .prompts import Asked
from .searching import Searching
from .seeking import Seeking

__all__ = ["Commands"]

_HINT = f"{HINT}; or a command: find x …"


class Commands(Marking, Searching, Seeking, Playing, Answering):
    """`:`, `^P`, `?`, `^C`, and what the mouse presses."""

    def action_command(self) -> None:
        names = [action.name for action in self.keymap.of("debug")]
        prompt = Prompt(
            ":",
            lambda text: complete_command(text, names, self.browse.snapshot),
            earlier=self.view.typed[":"],
        )
        self.ask(Asked(prompt, _HINT, self._obey, mistake=mistake_in_command))

    def action_palette(self) -> None:
        actions = self.keymap.of("debug")
        choices = [Choice(key_names(action), f"{action.help}  ({action.name})") for action in actions]
        self.choose("every action", choices, lambda at: None if at is None else self._run(actions[at].call))

    def action_breakpoints(self) -> None:
        breakpoints = self.view.breakpoints
        if not breakpoints.all:
            self.say(f"there are no breakpoints: {self.keymap.key('break')} sets one, :break takes any filter")
            return
        choices = [Choice("●" if each.enabled else "○", str(each)) for each in breakpoints.all]
        self.choose("breakpoints: Enter turns one off or on", choices, self._enable)

    def action_help(self) -> None:
        from peek_tui.tui.screens.help import Help

        self.app.push_screen(Help(self.keymap, "debug", self.pane.id or ""))

    def action_interrupt(self) -> None:
        """Stop what goes on in the background; with nothing going on, quit."""
        if self.browse.cancel():
            self.refiltered()
            self.say("stopped: the filter before is shown")
        elif self.stop_seeking() or self.stop_asking() or self.pause():
            self.sync(changed=False)
        elif self.stop_looking():
            self.sync(changed=True)
            self.say("stopped looking")
        else:
            self.app.exit()

    def on_bar_pressed(self, event: Bar.Pressed) -> None:
        self._run(event.call)

    def _run(self, call: str) -> None:
        """Do what an action's key would."""
        self.call_later(self.app.run_action, call, self)

    def _enable(self, at: int | None) -> None:
        if at is not None:
            self.view.breakpoints.enable(at)
            self.sync(changed=True)

    def _obey(self, text: str) -> None:
        word, argument = split(text)
        calls = {action.name: action.call for action in self.keymap.of("debug")}
        if word in COMMANDS and argument:
            self._command(word, argument)
        elif word in COMMANDS:
            raise UsageError(f"{word} needs {COMMANDS[word]}")
        elif word in calls and not argument:
            self._run(calls[word])
        elif word:
            self.go(lambda: go_to(self.browse, text))

    def _command(self, word: str, argument: str) -> None:
        match word:
            case "break":
                self.view.breakpoints.add(argument)
                self.sync(changed=True)
            case "filter":
                self.filter(argument)
            case "find":
                self.find(argument)
            case "near":
                self.near(argument)
            case "note":
                self.note(argument)
