"""What Peek sees of the packages people build agents with, each in its newest version and in one of an older line.

`make test-sdks` runs the programs, untouched and with the real packages, in environments of their own against a model
server on the loopback interface, once as they are and once under `peek run`: the output must be the same, and the trace
exactly what `cases.py` says. The versions are pinned, so that a release of tomorrow breaks nothing today;
`make test-sdks ARGS=--renew` pins the newest ones and writes the README's table again.
"""
