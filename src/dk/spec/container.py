"""What the user wants of a container, however it was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dk.spec.device import CdiDevice, Device, ThrottleDevice, WeightDevice
    from dk.spec.environment import Source
    from dk.spec.gpus import DeviceRequest
    from dk.spec.mount import Mount
    from dk.spec.mount_option import MountOption
    from dk.spec.network_attachment import NetworkAttachment
    from dk.spec.pairs import LabelFile
    from dk.spec.port import ExposedPort, PortBinding
    from dk.spec.restart import RestartPolicy
    from dk.spec.secret import Secret
    from dk.spec.security import SecurityOption
    from dk.spec.ulimit import Ulimit

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)  # the others cost at every start
class ContainerSpec:
    """A container to be made. Every field has its row in `spec.run_options` or comes from there.

    A field that nobody set is empty or None; docker's default then holds. Sizes are bytes,
    durations nanoseconds, CPUs billionths.
    """

    image: str
    command: tuple[str, ...] = ()
    detach: bool | None = None
    remove: bool | None = None
    interactive: bool | None = None
    tty: bool | None = None
    name: str | None = None
    environment: tuple[Source, ...] = ()
    proxies: tuple[tuple[str, Secret], ...] = ()
    platform: str | None = None

    ports: tuple[PortBinding, ...] = ()
    publish_all: bool | None = None
    expose: tuple[ExposedPort, ...] = ()
    networks: tuple[NetworkAttachment, ...] = ()
    network_aliases: tuple[str, ...] = ()
    hostname: str | None = None
    domainname: str | None = None
    ip: str | None = None
    ip6: str | None = None
    link_local_ip: tuple[str, ...] = ()
    mac_address: str | None = None
    link: tuple[str, ...] = ()
    add_host: tuple[str, ...] = ()
    dns: tuple[str, ...] = ()
    dns_search: tuple[str, ...] = ()
    dns_option: tuple[str, ...] = ()

    mounts: tuple[Mount, ...] = ()
    mount: tuple[MountOption, ...] = ()
    tmpfs: Pairs = ()
    volumes_from: tuple[str, ...] = ()
    volume_driver: str | None = None
    workdir: str | None = None
    read_only: bool | None = None
    storage_opt: Pairs = ()

    entrypoint: str | None = None
    user: str | None = None
    group_add: tuple[str, ...] = ()
    init: bool | None = None
    restart: RestartPolicy | None = None
    stop_signal: str | None = None
    stop_timeout: int | None = None  # seconds
    attach: tuple[str, ...] = ()
    sig_proxy: bool | None = None
    detach_keys: str | None = None
    cidfile: str | None = None
    labels: Pairs = ()
    label_file: tuple[LabelFile, ...] = ()
    annotation: Pairs = ()

    health_cmd: str | None = None
    health_interval: int | None = None
    health_timeout: int | None = None
    health_retries: int | None = None
    health_start_period: int | None = None
    health_start_interval: int | None = None
    no_healthcheck: bool | None = None
    log_driver: str | None = None
    log_opt: Pairs = ()

    memory: int | None = None
    memory_reservation: int | None = None
    memory_swap: int | None = None
    memory_swappiness: int | None = None
    kernel_memory: int | None = None
    shm_size: int | None = None
    oom_kill_disable: bool | None = None
    oom_score_adj: int | None = None
    cpus: int | None = None
    cpu_shares: int | None = None
    cpuset_cpus: str | None = None
    cpuset_mems: str | None = None
    cpu_period: int | None = None  # microseconds, as the three below
    cpu_quota: int | None = None
    cpu_rt_period: int | None = None
    cpu_rt_runtime: int | None = None

    ulimit: tuple[Ulimit, ...] = ()
    pids_limit: int | None = None
    gpus: tuple[DeviceRequest, ...] = ()
    device: tuple[Device | CdiDevice, ...] = ()
    device_cgroup_rule: tuple[str, ...] = ()
    blkio_weight: int | None = None
    blkio_weight_device: tuple[WeightDevice, ...] = ()
    device_read_bps: tuple[ThrottleDevice, ...] = ()
    device_read_iops: tuple[ThrottleDevice, ...] = ()
    device_write_bps: tuple[ThrottleDevice, ...] = ()
    device_write_iops: tuple[ThrottleDevice, ...] = ()

    privileged: bool | None = None
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    security_opt: tuple[SecurityOption, ...] = ()
    sysctl: Pairs = ()
    userns: str | None = None
    pid: str | None = None
    ipc: str | None = None
    uts: str | None = None
    cgroupns: str | None = None
    cgroup_parent: str | None = None
    disable_content_trust: bool | None = None
    runtime: str | None = None
    isolation: str | None = None

    def attaches(self, stream: str) -> bool:
        """Whether dk is connected to stdin, stdout or stderr of the container.

        As docker/cli `parse` and `runContainer`: without `-a` to both outputs, with `-i` to stdin.
        """
        if self.detach:
            return False
        if stream == "stdin" and self.interactive:
            return True
        return stream in (self.attach or ("stdout", "stderr"))

    @property
    def attached(self) -> bool:
        """Whether dk follows the container to its end."""
        return any(self.attaches(stream) for stream in ("stdin", "stdout", "stderr"))

    @property
    def attachments(self) -> tuple[NetworkAttachment, ...]:
        """The networks with all that was said of them, the one of `NetworkMode` first."""
        from dk.spec.networks import attachments

        return attachments(
            self.networks,
            aliases=self.network_aliases,
            links=self.link,
            ip=self.ip or "",
            ip6=self.ip6 or "",
            link_local_ips=self.link_local_ip,
            mac_address=self.mac_address or "",
        )

    @property
    def network(self) -> str | None:
        """The first network that was asked for: what docker calls the network mode."""
        return self.networks[0].name if self.networks else None

    @property
    def user_networks(self) -> tuple[str, ...]:
        """The networks of its own that the container asks for: those with a name."""
        from dk.spec.network_attachment import is_user_defined

        names = [network.name for network in self.networks]
        return tuple(dict.fromkeys(name for name in names if is_user_defined(name)))

    @property
    def names_used(self) -> tuple[str, ...]:
        """The names of what it uses: its image as docker prints it, volumes, networks."""
        from dk.spec.reference import is_image_id, parse_reference

        image = self.image if is_image_id(self.image) else parse_reference(self.image).familiar
        volumes = [each.source for each in self.mounts if each.kind == "volume"]
        volumes += [each.source for each in self.mount if each.type == "volume"]
        return (image, *filter(None, volumes), *self.user_networks)

    @property
    def label_map(self) -> Mapping[str, str]:
        """All labels; of two with one key the later counts, files first."""
        files = (pair for file in self.label_file for pair in file.labels)
        return dict([*files, *self.labels])
