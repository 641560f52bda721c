"""The keys that leave an attached container running: `--detach-keys ctrl-p,ctrl-q`."""

from __future__ import annotations

from dk.errors import UsageError

DEFAULT = b"\x10\x11"  # Ctrl-P Ctrl-Q
_CONTROLLED = "@abcdefghijklmnopqrstuvwxyz[\\]^_"


def parse_detach_keys(text: str) -> bytes:
    r"""Return the bytes that the keys send, empty for "" (the default keys).

    Keys with commas between: a character, ctrl-a to ctrl-z, ctrl-@ [ \ ] ^ _, or DEL, as
    github.com/moby/term `ToBytes`.
    """
    return b"".join(_key(key) for key in text.split(",")) if text else b""


def _key(key: str) -> bytes:
    if key == "DEL":
        return b"\x7f"
    if len(key) == 1 and key.isascii():
        return key.encode()
    name = key.removeprefix("ctrl-")
    if key.startswith("ctrl-") and len(name) == 1 and name in _CONTROLLED:
        return bytes([_CONTROLLED.index(name)])
    raise UsageError(f"{key or 'an empty text'} is no key", fix="e.g. --detach-keys ctrl-x,x")
