"""A fresh user of this machine, and an SSH server on the loopback interface that lets one key in."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

__all__ = ["Account", "account", "missing"]

NEEDED = ("sshd", "ssh", "ssh-keygen", "tmux", "git", "make", "useradd")
_PATIENCE = 10.0


class Account:
    """Who logs in, and how."""

    def __init__(self, name: str, home: Path, port: int, key: Path) -> None:
        self.name = name
        self.home = home
        self._port = port
        self._key = key

    def ssh(self, *command: str, terminal: bool = False) -> list[str]:
        """Return the command that runs `command` there."""
        options = ["-i", str(self._key), "-p", str(self._port), "-o", "StrictHostKeyChecking=no"]
        options += ["-o", f"UserKnownHostsFile={os.devnull}", "-o", "LogLevel=ERROR", "-F", os.devnull]
        options += ["-o", "SendEnv=LANG"]  # without it tmux takes the line for one that knows ASCII only
        return ["ssh", *(["-tt"] if terminal else []), *options, f"{self.name}@127.0.0.1", *command]


def missing() -> str:
    """Return what keeps this machine from the trial, empty when nothing does."""
    if getpass.getuser() != "root":
        return "only root can make a user"
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    return f"not installed: {', '.join(lacking)}" if lacking else ""


@contextmanager
def account(name: str) -> Iterator[Account]:
    """Make a user, who goes with everything that is theirs at the end."""
    # The password that nobody has: of a locked account, as `useradd` makes them, sshd takes no key either.
    subprocess.run(["useradd", "--create-home", "--shell", "/bin/bash", "--password", "*", name], check=True)
    home = Path("/home", name)
    try:
        with tempfile.TemporaryDirectory(prefix="peek-ssh-") as directory:
            key = Path(directory, "key")
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
            _let_in(name, home, key.with_suffix(".pub").read_text())
            with _server(Path(directory)) as port:
                yield Account(name, home, port, key)
    finally:
        subprocess.run(["pkill", "-KILL", "-u", name], check=False)
        subprocess.run(["userdel", "--remove", "--force", name], check=False, capture_output=True)


def _let_in(name: str, home: Path, key: str) -> None:
    directory = home / ".ssh"
    directory.mkdir(mode=0o700)
    (directory / "authorized_keys").write_text(key)
    shutil.chown(directory, name, name)
    shutil.chown(directory / "authorized_keys", name, name)


@contextmanager
def _server(directory: Path) -> Iterator[int]:
    """Run a server with a key of its own, and give the port it listens to."""
    host_key = directory / "host"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(host_key)], check=True)
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it insists on leaving its privileges
    port = _free_port()
    options = [f"Port={port}", "ListenAddress=127.0.0.1", f"HostKey={host_key}", "UsePAM=no", "PidFile=none"]
    options += ["PasswordAuthentication=no", "StrictModes=no", "AcceptEnv=LANG"]
    command = [str(shutil.which("sshd")), "-D", "-e", "-f", os.devnull, *(f"-o{option}" for option in options)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    deadline = monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if monotonic() > deadline:
                raise
            sleep(0.05)
        else:
            return
