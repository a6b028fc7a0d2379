"""The debugger over SSH, as a stranger meets it: `make test-ssh` (root; openssh-server, tmux, git are there)."""
