"""Image references; what is accepted and refused was checked against the docker CLI."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.reference import ImageReference, is_image_id, parse_reference

SHA = "sha256:" + "a1" * 32

# A text, its canonical form, and docker's short one.
ACCEPTED = [
    ("nginx", "docker.io/library/nginx:latest", "nginx:latest"),
    ("nginx:1.27", "docker.io/library/nginx:1.27", "nginx:1.27"),
    (f"nginx@{SHA}", f"docker.io/library/nginx@{SHA}", f"nginx@{SHA}"),
    (f"nginx:1.27@{SHA}", f"docker.io/library/nginx:1.27@{SHA}", f"nginx:1.27@{SHA}"),
    ("library/nginx", "docker.io/library/nginx:latest", "nginx:latest"),
    ("owner/app", "docker.io/owner/app:latest", "owner/app:latest"),
    ("docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest"),
    ("index.docker.io/owner/app:1", "docker.io/owner/app:1", "owner/app:1"),
    ("docker.io/library/a/b", "docker.io/library/a/b:latest", "library/a/b:latest"),
    ("ghcr.io/owner/app", "ghcr.io/owner/app:latest", "ghcr.io/owner/app:latest"),
    ("localhost/app", "localhost/app:latest", "localhost/app:latest"),
    ("localhost:5000/app:1", "localhost:5000/app:1", "localhost:5000/app:1"),
    ("registry:5000/a/b/c", "registry:5000/a/b/c:latest", "registry:5000/a/b/c:latest"),
    ("[::1]:5000/app", "[::1]:5000/app:latest", "[::1]:5000/app:latest"),
    ("GHCR.io/app", "GHCR.io/app:latest", "GHCR.io/app:latest"),
    ("Host/app", "Host/app:latest", "Host/app:latest"),
    ("my_host.lan/app", "my_host.lan/app:latest", "my_host.lan/app:latest"),
    ("a_b/c__d/e-f/g---h/i.j", "docker.io/a_b/c__d/e-f/g---h/i.j:latest", None),
    ("app:_x.Y-z", "docker.io/library/app:_x.Y-z", "app:_x.Y-z"),
    ("cafe", "docker.io/library/cafe:latest", "cafe:latest"),
    ("a" * 63, f"docker.io/library/{'a' * 63}:latest", None),
]

REFUSED = {
    "": "empty",
    "Nginx": "lower case",
    "owner/App:1": "lower case",
    "a" * 64: "image id",
    "-app": "not the name",
    "app-": "not the name",
    "a..b": "not the name",
    "a___b": "not the name",
    "a//b": "not the name",
    "a b": "not the name",
    "owner/": "not the name",
    "ghcr.io/": "not the name",
    "https://ghcr.io/app": "scheme",
    "-a.b/app": "not the name",
    "a.b:x/app": "not the name",
    "app:": "not a tag",
    "app:-x": "not a tag",
    "app:a:b": "not a tag",
    "app:" + "x" * 129: "not a tag",
    "app@": "not a digest",
    "app@sha256:abc": "not a digest",
    "app@md5:" + "a" * 32: "not a digest",
    "app@sha256:" + "A" * 64: "not a digest",
    "x" * 256: "longer",
}


@pytest.mark.parametrize(("text", "canonical", "familiar"), ACCEPTED)
def test_a_reference_is_normalized_as_docker_does(
    text: str, canonical: str, familiar: str | None
) -> None:
    reference = parse_reference(text)
    assert str(reference) == canonical
    assert reference.familiar == (
        familiar or canonical.removeprefix("docker.io/library/").removeprefix("docker.io/")
    )
    assert parse_reference(canonical) == parse_reference(reference.familiar) == reference


@pytest.mark.parametrize("text", REFUSED)
def test_what_docker_refuses_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=REFUSED[text]) as error:
        parse_reference(text)
    assert error.value.fix


def test_the_parts_are_kept_apart() -> None:
    reference = parse_reference(f"ghcr.io/owner/app:1@{SHA}")
    assert reference == ImageReference("ghcr.io", "owner/app", "1", SHA)
    assert reference.repository == "ghcr.io/owner/app"


@pytest.mark.parametrize(
    ("text", "fix"), [("owner/App:V1", "try owner/app:V1"), ("Nginx", "try nginx")]
)
def test_an_upper_case_name_comes_with_the_lower_case_one(text: str, fix: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_reference(text)
    assert error.value.fix == fix


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a1" * 32, True),
        (SHA, True),
        ("a1" * 31, False),
        ("A1" * 32, False),
        (f"nginx@{SHA}", False),
        ("nginx", False),
    ],
)
def test_a_complete_id_is_told_from_a_name(text: str, *, expected: bool) -> None:
    assert is_image_id(text) is expected


@given(st.one_of(st.text(), st.text("aA0./:@_-")))
def test_any_text_gives_a_reference_or_a_usage_error(text: str) -> None:
    try:
        reference = parse_reference(text)
    except UsageError:
        return
    assert parse_reference(str(reference)) == reference
