"""The debugger's screen. Each group of actions is a class of its own; `Debug` is all of them."""

from .base import BRISK, SLOW, Manner
from .screen import Debug

__all__ = ["BRISK", "SLOW", "Debug", "Manner"]
