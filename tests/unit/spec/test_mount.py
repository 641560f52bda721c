"""`-v` as docker reads it; the tables were checked against the docker CLI and an engine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.mount import Mount, parse_volume

# What -v says: the mount's kind, and the text that docker sends for it from the folder /here/app.
ACCEPTED: dict[str, tuple[str, str]] = {
    "/data": ("anonymous", "/data"),
    "/d": ("anonymous", "/d"),
    "/data/": ("anonymous", "/data/"),
    "db:/data": ("volume", "db:/data"),
    "a.b-c_d:/data": ("volume", "a.b-c_d:/data"),
    "db:/data:ro": ("volume", "db:/data:ro"),
    "db:/data:z": ("volume", "db:/data:z"),
    "db:/data:nocopy": ("volume", "db:/data:nocopy"),
    "db:/data:ro,nocopy,Z,cached": ("volume", "db:/data:ro,nocopy,Z,cached"),
    "/src:/data": ("bind", "/src:/data"),
    "/:/host": ("bind", "/:/host"),
    "/src/../x:/data": ("bind", "/src/../x:/data"),
    "/src:/data:rw": ("bind", "/src:/data:rw"),
    "/src:/data:ro,rslave,z": ("bind", "/src:/data:ro,rslave,z"),
    "/src:/data:rshared": ("bind", "/src:/data:rshared"),
    "/src:/data:delegated": ("bind", "/src:/data:delegated"),
    "/src:/data:ro-non-recursive": ("bind", "/src:/data:ro-non-recursive"),
    ".:/data": ("bind", "/here/app:/data"),
    "..:/data": ("bind", "/here:/data"),
    "./src:/data": ("bind", "/here/app/src:/data"),
    "../src/:/data:ro": ("bind", "/here/src:/data:ro"),
    "./a/../b:/data": ("bind", "/here/app/b:/data"),
    ".hidden:/data": ("bind", "/here/app/.hidden:/data"),
    "./with space:/a dir": ("bind", "/here/app/with space:/a dir"),
}

REFUSED: dict[str, str] = {
    "": "the volume is empty",
    ":/data": "an empty part between colons",
    "db:": "an empty part between colons",
    "db:/data:": "an empty part between colons",
    "db:/data:ro:z": "too many colons",
    "/": "root",
    "db:/": "root",
    "db:/x/..": "root",
    "data": "data is not an absolute path",
    "db:data": "data is not an absolute path",
    "db:./data": "./data is not an absolute path",
    "/data:ro": "ro is a mode",
    "~/src:/data": "~/src is not expanded",
    "src/lib:/data": "src/lib is not the name of a volume",
    "-x:/data": "-x is not the name of a volume",
    "a b:/data": "a b is not the name of a volume",
    "\u00e9\u00e9:/data": "is not the name of a volume",
    "x:/data": "x is too short",
    "C:\\src:/data": "C is too short",
    "db:/data:bogus": "bogus is not a mode",
    "db:/data:RO": "RO is not a mode",
    "db:/data:ro,": "an empty text is not a mode",
    "db:/data:ro,rw": "ro and rw exclude each other",
    "/src:/data:z,Z": "z and Z exclude each other",
    "/src:/data:shared,private": "shared and private exclude each other",
    "db:/data:cached,delegated": "cached and delegated exclude each other",
    "db:/data:rshared": "rshared is for folders",
    "db:/data:rro": "rro is for folders",
    "/src:/data:nocopy": "nocopy is for named volumes",
}


@pytest.mark.parametrize("text", ACCEPTED)
def test_what_docker_accepts_means_the_same(text: str) -> None:
    mount = parse_volume(text, cwd="/here/app")
    assert (mount.kind, mount.render()) == ACCEPTED[text]


@pytest.mark.parametrize("text", REFUSED)
def test_what_docker_or_the_engine_refuses_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_volume(text, cwd="/here/app")
    assert error.value.what.startswith(f"-v {text}:")
    assert REFUSED[text] in error.value.what
    assert error.value.fix


def test_the_parts_are_kept_apart() -> None:
    mount = parse_volume("./src:/data:ro,z", cwd="/here")
    assert mount == Mount("bind", "/data", "/here/src", ("ro", "z"))


def test_a_path_in_a_volume_name_hints_at_a_folder() -> None:
    with pytest.raises(UsageError) as error:
        parse_volume("src/lib:/data", cwd="/here")
    assert "-v ./src/lib:" in error.value.fix


@given(st.one_of(st.text(), st.text("a/.:~roz,\\")))
def test_any_text_gives_a_mount_or_a_usage_error(text: str) -> None:
    try:
        mount = parse_volume(text, cwd="/here")
    except UsageError:
        return
    assert parse_volume(mount.render(), cwd="/elsewhere") == mount
