"""Files that a user named."""

import os
from pathlib import Path

import pytest

from dk.errors import UsageError
from dk.files import LARGEST, make_folder, read_file, remove_folders


def test_a_file_that_may_not_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "secret.env"
    file.write_text("A=1\n")
    file.chmod(0)
    is_root = os.geteuid() == 0
    if is_root:  # who may read everything
        os.seteuid(65534)
    try:
        with pytest.raises(UsageError) as caught:
            read_file(str(file))
    finally:
        if is_root:
            os.seteuid(0)
    assert caught.value.what == f"can't read {file}"
    assert caught.value.why == "permission denied"


def test_a_file_without_end_is_not_read_without_end(tmp_path: Path) -> None:
    file = tmp_path / "huge.env"
    with file.open("wb") as stream:
        stream.truncate(LARGEST + 1)
    with pytest.raises(UsageError, match="larger than 64 MB"):
        read_file(str(file))


def test_folders_are_made_and_taken_back_as_long_as_nobody_uses_them(tmp_path: Path) -> None:
    made = make_folder(f"{tmp_path}/a/b/c")
    assert made == [f"{tmp_path}/a/b/c", f"{tmp_path}/a/b", f"{tmp_path}/a"]
    (tmp_path / "a/other").touch()
    remove_folders(made)
    assert [each.name for each in (tmp_path / "a").iterdir()] == ["other"]
