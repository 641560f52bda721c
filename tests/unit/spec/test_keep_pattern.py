"""What `--keep PATTERN` keeps."""

import re
from contextlib import suppress
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.keep_pattern import Keep, compile_glob, image_names, parse_keep


def keep(*texts: str) -> Keep:
    return Keep(parse_keep(text, "--keep") for text in texts)


def keeps(pattern: str, *names: str, **labels: str) -> bool:
    return keep(pattern).matches(names, labels) is not None


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("db", "db"),
        ("db*", "db-1"),
        ("*", "anything"),
        ("ghcr.io/*:1", "ghcr.io/team/app:1"),
        ("web-?", "web-1"),
        ("web-[0-9]", "web-7"),
        ("web-[!0-9]", "web-x"),
        ("web-[^0-9]", "web-x"),
        ("a[]]", "a]"),
        ("a[[]b", "a[b"),
        ("a.b", "a.b"),
        (r"a\b", r"a\b"),
    ],
)
def test_a_glob_fits_the_whole_name(pattern: str, name: str) -> None:
    assert keeps(pattern, name)
    assert keeps(pattern, "other", name)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("db", "db-1"),
        ("b", "db"),
        ("DB", "db"),
        ("web-?", "web-"),
        ("web-[^0-9]", "web-7"),
        ("a.b", "axb"),
        ("db*", "my-db"),
        ("db", "db\n"),
    ],
)
def test_a_glob_fits_nothing_else(pattern: str, name: str) -> None:
    assert not keeps(pattern, name)


@pytest.mark.parametrize(
    "pattern",
    [
        "app", "app:1", "a*", "library/app", "docker.io/library/app", "docker.io/app:1",
        "docker.io/library/app:1", "*/app:*",
    ],
)  # fmt: skip
def test_an_image_goes_by_all_its_names(pattern: str) -> None:
    assert keeps(pattern, *image_names("app:1"))


@pytest.mark.parametrize("pattern", ["app:2", "ap", "docker.io", "other/app", ":1"])
def test_an_image_goes_by_no_other_name(pattern: str) -> None:
    assert not keeps(pattern, *image_names("app:1"))


def test_every_kind_of_reference_has_its_names() -> None:
    digest = "sha256:" + "a" * 64
    assert image_names("ghcr.io/team/app:1") == ("ghcr.io/team/app:1", "ghcr.io/team/app")
    assert image_names("localhost:5000/app:1") == ("localhost:5000/app:1", "localhost:5000/app")
    assert "app" in image_names(f"app@{digest}")
    assert set(image_names("team/app:1")) == {
        "team/app:1", "team/app", "docker.io/team/app:1", "docker.io/team/app"
    }  # fmt: skip
    assert image_names("<none>:<none>") == ("<none>:<none>",)


def test_a_label_is_kept_by_key_and_by_value() -> None:
    assert keeps("label:team", team="core")
    assert keeps("label:team", team="")
    assert keeps("label:team=core", team="core")
    assert keeps("label:team=co*", team="core")
    assert keeps("label:team=", team="")
    assert keeps("label:url=http://a=b", url="http://a=b")
    assert not keeps("label:team=", team="core")
    assert not keeps("label:team=core", team="core-2")
    assert not keeps("label:te*", team="core")
    assert not keeps("label:team", "team", "label:team")
    assert not keeps("team", team="core")


def test_the_first_pattern_that_fits_is_named() -> None:
    patterns = keep("web", "w*", "label:team")
    assert patterns.matches(["web"], {}) == ("web", "--keep")
    assert patterns.matches(["wide"], {}) == ("w*", "--keep")
    assert patterns.matches(["x"], {"team": "core"}) == ("label:team", "--keep")
    assert patterns.matches(["x"], {}) is None


def test_patterns_that_fit_nothing_are_known_even_behind_one_that_did() -> None:
    patterns = keep("w*", "web", "label:team", "gone")
    assert [each.text for each in patterns.unmatched] == ["w*", "web", "label:team", "gone"]
    patterns.matches(["web"], {"team": "core"})
    assert [each.text for each in patterns.unmatched] == ["gone"]


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        ("", "the pattern is empty"),
        ("  ", "the pattern is empty"),
        ("db[0-9", "'db[0-9': the [ at character 3 is not closed"),
        ("[]", "'[]': the [ at character 1 is not closed"),
        ("[!]", "'[!]': the [ at character 1 is not closed"),
        ("[a]x[", "'[a]x[': the [ at character 5 is not closed"),
        ("[z-a]", "'[z-a]': nothing is in the range z-a at character 1"),
        ("label:", "label:: the label's key is empty"),
        ("label:=x", "label:=x: the label's key is empty"),
        ("label:k=[", "'[': the [ at character 1 is not closed"),
    ],
)
def test_a_pattern_that_can_keep_nothing_is_refused(pattern: str, what: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(what)}\n"):
        parse_keep(pattern, "--keep")


GLOBS = st.text("ab-]![*?", min_size=1, max_size=8)


@given(GLOBS, st.text("ab-]![^", max_size=6))
def test_a_glob_means_what_python_means_by_it(glob: str, name: str) -> None:
    try:
        fits = compile_glob(glob)
    except UsageError:
        return
    assert bool(fits(name)) == fnmatchcase(name, glob)


@given(st.text(max_size=12), st.text(max_size=6))
def test_any_pattern_is_taken_or_refused(pattern: str, name: str) -> None:
    with suppress(UsageError):
        keep(pattern).matches([name], {name: name})
