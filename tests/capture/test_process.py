from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from capture._core.process import describe_process, program_name

COMMIT = "4f5c1e" + "0" * 34


def repository(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / ".git" / name.replace("__", "/").replace("_", "-")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


class TestGit:
    def test_branch(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The commit is that of the branch that is checked out, seen from any directory of it."""
        repository(tmp_path, HEAD="ref: refs/heads/main\n", refs__heads__main=f"{COMMIT}\n")
        (tmp_path / "deep/er").mkdir(parents=True)
        monkeypatch.chdir(tmp_path / "deep/er")
        assert describe_process()["git"] == {"commit": COMMIT}

    def test_packed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A branch may be packed."""
        refs = f"# pack-refs with: peeled\n{'1' * 40} refs/heads/not-main\n{COMMIT} refs/heads/main\n"
        repository(tmp_path, HEAD="ref: refs/heads/main\n", packed_refs=refs)
        monkeypatch.chdir(tmp_path)
        assert describe_process()["git"] == {"commit": COMMIT}

    def test_detached(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """No branch need be checked out."""
        repository(tmp_path, HEAD=f"{COMMIT}\n")
        monkeypatch.chdir(tmp_path)
        assert describe_process()["git"] == {"commit": COMMIT}

    def test_worktree(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A worktree has its own head, and the branches of its repository."""
        repository(tmp_path / "main", refs__heads__side=COMMIT, worktrees__side__HEAD="ref: refs/heads/side")
        (tmp_path / "main/.git/worktrees/side/commondir").write_text("../..\n")
        (tmp_path / "side").mkdir()
        (tmp_path / "side/.git").write_text("gitdir: ../main/.git/worktrees/side\n")
        monkeypatch.chdir(tmp_path / "side")
        assert describe_process()["git"] == {"commit": COMMIT}

    @pytest.mark.parametrize("head", [None, "ref: refs/heads/unborn\n", "", "\udcff"])
    def test_none(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head: str | None) -> None:
        """Without a commit, or where nothing can be read, there is none."""
        (tmp_path / ".git").mkdir()
        if head is not None:
            (tmp_path / ".git/HEAD").write_bytes(head.encode("utf-8", "surrogateescape"))
        monkeypatch.chdir(tmp_path)
        assert describe_process()["git"] is None


def test_deleted_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory that was deleted under the program costs what it would say."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert (describe_process()["cwd"], describe_process()["git"]) == (None, None)


@pytest.mark.parametrize(
    ("argv", "spec", "name"),
    [
        (["/opt/bin/my_agent.py", "x"], None, "my_agent"),
        (["shop/__main__.py"], "shop.__main__", "shop"),
        (["agent.py"], "shop.agent", "shop.agent"),
        (["-c"], None, "python"),
        (["-"], None, "python"),
        ([""], None, "python"),
        ([], None, "python"),
    ],
)
def test_program_name(monkeypatch: pytest.MonkeyPatch, argv: list[str], spec: str | None, name: str) -> None:
    """A program is named after its module or its file."""
    main = ModuleType("__main__")
    main.__spec__ = spec and importlib_spec(spec)  # type: ignore[assignment]
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.setattr(sys, "argv", argv)
    assert program_name() == name


def importlib_spec(name: str) -> object:
    from importlib.machinery import ModuleSpec

    return ModuleSpec(name, None)
