"""Both ends of `peek run`: `launch.py` is the environment it gives a program, `begin.py` what each Python process of it
does before its program begins, called by `path/sitecustomize.py`; `aftermath.py` is what is left to say at the end.
"""
