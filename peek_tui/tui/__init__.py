"""The screen. Importing this package sets what Textual reads from its environment at import, so it comes first."""

import os

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")  # an animated page of a list costs up to a megabyte over ssh
os.environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
os.environ.setdefault("TEXTUAL_FPS", "120")  # a frame is drawn when something changed, 8 ms after a key at the latest
