"""Options about networks, names and ports."""

from __future__ import annotations

from dk.spec.run_options.option import imported, panel, render, several, switch, text

OPTIONS = panel(
    "Ports and networks",
    several(
        "--publish -p",
        "[[IP:]PORT:]PORT",
        "Open a port of the container on the host.",
        field="ports",
        read=imported("port", "parse_port"),
        spreads=True,
        write=render,
    ),
    switch(
        "--publish-all -P",
        "Open every port that the image exposes, on ports that the engine picks.",
        api="HostConfig.PublishAllPorts",
    ),
    several(
        "--expose",
        "PORT",
        "Expose a port without opening it.",
        read=imported("port", "parse_exposed"),
        spreads=True,
        write=render,
    ),
    several(
        "--network --net",
        "NAME",
        "Join a network; it is made if it is missing. Also name=NAME,alias=A,ip=…",
        field="networks",
        read=imported("network_attachment", "parse_network"),
        write=render,
        completes="network",
    ),
    several(
        "--network-alias --net-alias",
        "NAME",
        "Another name for the container in that network.",
        field="network_aliases",
    ),
    text("--hostname -h", "NAME", "The container's own host name.", api="Hostname"),
    text("--domainname", "NAME", "The container's own domain name.", api="Domainname"),
    text("--ip", "ADDRESS", "Its IPv4 address in the network."),
    text("--ip6", "ADDRESS", "Its IPv6 address in the network."),
    several("--link-local-ip", "ADDRESS", "A link-local address of its own."),
    text("--mac-address", "MAC", "Its hardware address."),
    several(
        "--link",
        "CONTAINER[:ALIAS]",
        "Reach another container by name (the way of before networks).",
        read=imported("network_attachment", "parse_link"),
        completes="running",
    ),
    several(
        "--add-host",
        "NAME:ADDRESS",
        "Add a line to /etc/hosts; the address may be host-gateway.",
        read=imported("hosts", "parse_extra_host"),
        api="HostConfig.ExtraHosts",
    ),
    several(
        "--dns",
        "ADDRESS",
        "Ask this name server.",
        read=imported("hosts", "parse_name_server"),
        api="HostConfig.Dns",
    ),
    several(
        "--dns-search",
        "DOMAIN",
        "Try names in this domain too.",
        read=imported("hosts", "parse_search_domain"),
        api="HostConfig.DnsSearch",
    ),
    several(
        "--dns-option --dns-opt",
        "OPTION",
        "An option of the resolver.",
        api="HostConfig.DnsOptions",
    ),
)
