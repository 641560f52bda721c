"""Finding and reading the user's config.toml and a project's dk.toml."""

import os
from pathlib import Path

import pytest

from dk.config import LARGEST, project_config, read_config_file, user_config
from dk.errors import UsageError


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "dk" / "config.toml"
    file.parent.mkdir()
    return file


def test_a_user_without_a_file_has_no_config(tmp_path: Path) -> None:
    assert user_config({"HOME": str(tmp_path)}) is None
    assert user_config({"HOME": str(tmp_path), "XDG_CONFIG_HOME": "/nonexistent"}) is None


def test_the_file_is_in_the_config_folder_else_below_home(tmp_path: Path, config: Path) -> None:
    config.write_text("[clean]\nall = true\n")
    found = user_config({"HOME": "/nonexistent", "XDG_CONFIG_HOME": str(tmp_path)})
    assert found is not None
    assert found.path == str(config)
    assert found.table == {"clean": {"all": True}}
    assert found.place("clean", "all") == f"{config}:2"
    home = tmp_path / "home"
    (home / ".config").mkdir(parents=True)
    (home / ".config" / "dk").symlink_to(config.parent)
    for xdg in ("", "relative"):
        below = user_config({"HOME": str(home), "XDG_CONFIG_HOME": xdg})
        assert below is not None
        assert below.path == str(home / ".config/dk/config.toml")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[clean]\n[claen]\n", 2, "dk knows no table [claen]"),
        ("[clean]\n\n\n[other.sub]\n", 4, "dk knows no table [other]"),
        ("# mine\nall = true\n", 2, "all is in no table"),
        ("[clean]\nall = ture\n", 2, "not TOML"),
        ("[clean]\nkeep = [\n'a',\n", 3, "not TOML"),
        ("[clean]\nall = true\nall = true\n", 3, "not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_shown_with_its_line(
    tmp_path: Path, config: Path, text: str, line: int, what: str
) -> None:
    config.write_text(text)
    with pytest.raises(UsageError) as caught:
        user_config({"XDG_CONFIG_HOME": str(tmp_path)})
    assert caught.value.what == f"{config}:{line}: {what}"
    assert caught.value.fix


def test_a_file_that_is_no_text_is_refused_with_the_line(tmp_path: Path, config: Path) -> None:
    config.write_bytes(b"[clean]\n# caf\xe9\n")
    with pytest.raises(UsageError, match=r"config\.toml:2: not UTF-8 text"):
        user_config({"XDG_CONFIG_HOME": str(tmp_path)})


def test_what_is_no_file_at_all_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    dangling = tmp_path / "dangling.toml"
    dangling.symlink_to("nowhere")
    loop = tmp_path / "loop.toml"
    loop.symlink_to("loop.toml")
    large = tmp_path / "large.toml"
    large.write_text("#" * LARGEST + "\n")
    said = {
        folder: "is a folder",
        pipe: "is not a file but a pipe or a device",
        Path("/dev/zero"): "is not a file but a pipe or a device",
        dangling: "can't read",
        loop: "can't read",
        large: "larger than 1 MB",
    }
    for path, what in said.items():
        with pytest.raises(UsageError, match=what):
            read_config_file(path)


def test_a_config_that_may_not_be_looked_at_is_not_passed_over(
    tmp_path: Path, config: Path
) -> None:
    config.write_text("[clean]\nkeep = ['db']\n")
    config.parent.chmod(0)
    is_root = os.geteuid() == 0
    if is_root:  # who may look at everything
        tmp_path.chmod(0o755)
        os.seteuid(65534)
    try:
        with pytest.raises(UsageError, match="permission denied"):
            user_config({"XDG_CONFIG_HOME": str(tmp_path)})
    finally:
        if is_root:
            os.seteuid(0)
        config.parent.chmod(0o755)


@pytest.mark.parametrize("text", ["a = " + "[" * 5000 + "]" * 5000, "a = " + "9" * 5000],
                         ids=["deep", "long"])  # fmt: skip
def test_a_file_that_asks_too_much_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "dk.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=r"dk\.toml"):
        read_config_file(file)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "dk.toml"
    file.write_bytes(b"\xef\xbb\xbf[clean]\r\nall = false\r\ngrace = '1h'\r\n")
    assert read_config_file(file).place("clean", "grace") == f"{file}:3"


def test_the_nearest_project_file_upwards_counts(tmp_path: Path) -> None:
    (tmp_path / "dk.toml").write_text("[clean]\nkeep = ['top']\n")
    deep = tmp_path / "a/b/c"
    deep.mkdir(parents=True)
    found = project_config(deep)
    assert found is not None
    assert found.path == str(tmp_path / "dk.toml")
    (tmp_path / "a/dk.toml").write_text("[other]\nx = 1\n")
    found = project_config(deep)
    assert found is not None
    assert found.table == {"other": {"x": 1}}


def test_a_project_file_that_can_not_be_read_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "dk.toml").write_text("")
    (tmp_path / "a" / "dk.toml").mkdir(parents=True)
    with pytest.raises(UsageError, match="is a folder"):
        project_config(tmp_path / "a")


def test_a_removed_working_folder_has_no_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert project_config() is None
