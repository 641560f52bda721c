import pytest

from dk.engine import read


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("web:1", "web:1"),
        ("docker.io/library/web:1", "web:1"),
        ("docker.io/team/web:1", "team/web:1"),
        ("localhost/web:1", "localhost/web:1"),
        ("registry.example/library/web:1", "registry.example/library/web:1"),
    ],
)
def test_names_of_images_are_as_docker_prints_them_whatever_the_engine_says(
    said: str, shown: str
) -> None:
    assert read.image_names([{"RepoTags": [said]}]) == (shown,)
    assert read.container({"Id": "a" * 64, "Image": said}).image == shown


def test_images_without_a_name_have_none() -> None:
    assert read.image_names([{"RepoTags": ["<none>:<none>"]}, {"RepoTags": None}, {}]) == ()
