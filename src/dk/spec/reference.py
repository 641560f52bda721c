"""Image references: `[domain/]path[:tag][@digest]`."""

import re
from dataclasses import dataclass

from dk.errors import UsageError

DEFAULT_DOMAIN = "docker.io"
DEFAULT_TAG = "latest"
OFFICIAL = "library/"
LONGEST_PATH = 255
EXAMPLE = "e.g. nginx:1.27, ghcr.io/owner/app:1.0 or localhost:5000/app"

_DOMAIN_PART = r"[a-zA-Z0-9]+(?:-+[a-zA-Z0-9]+)*"
_DOMAIN = re.compile(rf"(?:{_DOMAIN_PART}(?:\.{_DOMAIN_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?")
_PATH_PART = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_PATH = re.compile(rf"{_PATH_PART}(?:/{_PATH_PART})*")
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}")
_ID = re.compile(r"(?:sha256:)?[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ImageReference:
    """Where an image is found: a repository (`domain`/`path`) with a tag, a digest or both.

    `str()` is the canonical form with every part, e.g. "docker.io/library/nginx:latest".
    `domain` is "" for a name such as "my_host.lan/app", which docker takes as one long path:
    there can be a local image of that name, but no registry of that host.
    """

    domain: str
    path: str
    tag: str = ""
    digest: str = ""

    @property
    def repository(self) -> str:
        """Return domain and path, e.g. "docker.io/library/nginx"."""
        return f"{self.domain}/{self.path}" if self.domain else self.path

    @property
    def familiar(self) -> str:
        """Return docker's short form, e.g. "nginx:latest"."""
        if self.domain != DEFAULT_DOMAIN:
            return str(self)
        path = self.path.removeprefix(OFFICIAL)
        return (self.path if "/" in path else path) + self._suffix()

    def __str__(self) -> str:
        return self.repository + self._suffix()

    def _suffix(self) -> str:
        return (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def is_image_id(text: str) -> bool:
    """Tell whether a text is a complete image id, which `docker run` takes but never pulls.

    A shortened id can be a name as well ("cafe"): it parses as a reference, and the engine
    looks for both.
    """
    return _ID.fullmatch(text) is not None


def parse_reference(text: str) -> ImageReference:
    """Return the normalized reference of a text, as distribution/reference reads it.

    The first part is a domain when it holds `.`, `:` or an upper-case letter or is "localhost";
    without one it is docker.io, and a single name there is in `library/`. The tag is "latest"
    when neither tag nor digest is given. Raises UsageError.
    """
    if re.fullmatch(r"[0-9a-f]{64}", text):
        raise UsageError(
            f"{text} is an image id, not the name of an image",
            "a name can't be 64 hexadecimal digits",
            EXAMPLE,
        )
    domain, rest = _split_domain(text)
    rest, at, digest = rest.partition("@")
    path, colon, tag = rest.partition(":")
    if path != path.lower():
        name = path if path in text else path.removeprefix(OFFICIAL)
        raise UsageError(
            f"image {text!r}: a name is lower case",
            f"{name} holds upper-case letters",
            f"try {text.replace(name, name.lower(), 1)}",
        )
    if not _DOMAIN.fullmatch(domain):
        domain, path = "", f"{domain}/{path}"
    if not _PATH.fullmatch(path):
        raise _bad_name(text)
    if len(path) > LONGEST_PATH:
        raise UsageError(
            f"image {text[:40]}…: the name is longer than {LONGEST_PATH} characters", fix=EXAMPLE
        )
    if colon and not _TAG.fullmatch(tag):
        raise UsageError(
            f"image {text!r}: {tag!r} is not a tag",
            "a tag holds up to 128 letters, digits, _ . and -, and starts with no . or -",
            EXAMPLE,
        )
    if at and not _DIGEST.fullmatch(digest):
        raise UsageError(
            f"image {text!r}: {digest!r} is not a digest",
            "a digest is sha256: and 64 lower-case hexadecimal digits",
            f"see the digests of an image: docker images --digests {path}",
        )
    if not colon and not at:
        tag = DEFAULT_TAG
    return ImageReference(domain, path, tag, digest)


def _split_domain(text: str) -> tuple[str, str]:
    first, slash, rest = text.partition("/")
    is_domain = "." in first or ":" in first or first == "localhost" or first != first.lower()
    if not slash or not is_domain:
        domain, rest = DEFAULT_DOMAIN, text
    else:
        domain = DEFAULT_DOMAIN if first == "index.docker.io" else first
    if domain == DEFAULT_DOMAIN and "/" not in rest:
        rest = OFFICIAL + rest
    return domain, rest


def _bad_name(text: str) -> UsageError:
    if not text:
        return UsageError("the name of the image is empty", fix=EXAMPLE)
    if "://" in text:
        return UsageError(
            f"image {text!r}: a name has no scheme", fix=f"try {text.partition('://')[2]}"
        )
    return UsageError(
        f"image {text!r} is not the name of an image",
        "names hold lower-case letters and digits, with single . _ - and / between them",
        EXAMPLE,
    )
