"""Labels: `-l KEY[=VALUE]`."""

from dk.errors import UsageError


def parse_label(text: str) -> tuple[str, str]:
    """Return key and value of a label; a bare KEY has the value "".

    As docker/cli `opts.ValidateLabel`: a key is not empty and holds no space or tab, save
    leading ones, which it keeps. Raises UsageError.
    """
    key, _, value = text.partition("=")
    name = key.lstrip(" \t")
    if not name:
        raise UsageError(f"-l {text}: the label's key is empty", fix="e.g. -l tier=web")
    if " " in name or "\t" in name:
        raise UsageError(f"-l {text}: the key {key!r} holds a space", fix="e.g. -l tier=web")
    return key, value
