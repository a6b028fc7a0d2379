"""The ratios of `python -m bench` that a change could ruin unnoticed, on 50 MB.

The bounds lie well below what is measured and claimed: neighbours may be noisy. Each figure is the best of several
tries, in which the sides take turns.
"""

from __future__ import annotations

import os

import pytest

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="processor time and memory are read as on POSIX here"),
    pytest.mark.timeout(120),
]

