"""The proxies that docker's config.json gives to every container."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLES = {
    "httpProxy": "HTTP_PROXY",
    "httpsProxy": "HTTPS_PROXY",
    "noProxy": "NO_PROXY",
    "ftpProxy": "FTP_PROXY",
    "allProxy": "ALL_PROXY",
}


def proxy_variables(config: Mapping[str, Any], address: str) -> dict[str, str]:
    """Return the variables, in capitals and small, of the engine's own proxies or the default ones.

    As docker/cli cli/config/configfile `ParseProxyConfig`.
    """
    proxies = config.get("proxies") or {}
    chosen = proxies.get(address, proxies.get("default")) or {}
    return {
        written: chosen[key]
        for key, name in VARIABLES.items()
        if chosen.get(key)
        for written in (name, name.lower())
    }
