"""`--mount` as docker reads it; the bodies were taken from the docker CLI."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.go_syntax import write_record
from dk.spec.mount_parser import KEYS, OTHER_NAMES, RECURSIONS, parse_mount

# What --mount says: the type, and what the API's body has besides Target "/b".
ACCEPTED: dict[str, dict[str, object]] = {
    "dst=/b": {"Type": "volume"},
    "src=vol,dst=/b": {"Type": "volume", "Source": "vol"},
    "type=Volume,Source=vol,DESTINATION=/b,RO": {
        "Type": "volume",
        "Source": "vol",
        "ReadOnly": True,
    },
    "src=one,src=two,dst=/a,dst=/b,ro=1,readonly=F": {"Type": "volume", "Source": "two"},
    "type=bind,src=/a,dst=/b": {"Type": "bind", "Source": "/a"},
    "type=bind,src=.,dst=/b": {"Type": "bind", "Source": "/home/me"},
    "type=bind,src=./x/../y/,dst=/b": {"Type": "bind", "Source": "/home/me/y"},
    "type=bind,src=../x,dst=/b": {"Type": "bind", "Source": "/home/x"},
    "type=bind,src=.x,dst=/b": {"Type": "bind", "Source": "/home/me/.x"},
    "type=bind,src=/a/../b,dst=/b": {"Type": "bind", "Source": "/a/../b"},
    'type=bind,"src=/a,b",dst=/b': {"Type": "bind", "Source": "/a,b"},
    "type=bind,src=/a=b,dst=/b,consistency=Cached": {
        "Type": "bind",
        "Source": "/a=b",
        "Consistency": "cached",
    },
    "type=bind,src=/a,dst=/b,bind-propagation=RSlave": {
        "Type": "bind",
        "Source": "/a",
        "BindOptions": {"Propagation": "rslave"},
    },
    "type=bind,src=/a,dst=/b,bind-nonrecursive": {
        "Type": "bind",
        "Source": "/a",
        "BindOptions": {"NonRecursive": True},
    },
    "type=bind,src=/a,dst=/b,bind-nonrecursive=false": {
        "Type": "bind",
        "Source": "/a",
        "BindOptions": {},
    },
    "type=bind,src=/a,dst=/b,bind-recursive=disabled,bind-nonrecursive=0": {
        "Type": "bind",
        "Source": "/a",
        "BindOptions": {},
    },
    "type=bind,src=/a,dst=/b,bind-recursive=enabled": {"Type": "bind", "Source": "/a"},
    "type=bind,src=/a,dst=/b,ro,bind-recursive=writable": {
        "Type": "bind",
        "Source": "/a",
        "ReadOnly": True,
        "BindOptions": {"ReadOnlyNonRecursive": True},
    },
    "type=bind,src=/a,dst=/b,ro,bind-recursive=readonly,bind-propagation=rprivate": {
        "Type": "bind",
        "Source": "/a",
        "ReadOnly": True,
        "BindOptions": {"Propagation": "rprivate", "ReadOnlyForceRecursive": True},
    },
    "dst=/b,volume-nocopy": {
        "Type": "volume",
        "VolumeOptions": {"NoCopy": True, "DriverConfig": {}},
    },
    "dst=/b,volume-driver=": {"Type": "volume", "VolumeOptions": {"DriverConfig": {}}},
    "dst=/b,volume-label=a,volume-label=b=2=3,volume-label=a=1": {
        "Type": "volume",
        "VolumeOptions": {"Labels": {"a": "1", "b": "2=3"}, "DriverConfig": {}},
    },
    'src=vol,dst=/b,volume-driver=local,volume-opt=type=nfs,"volume-opt=o=a,b"': {
        "Type": "volume",
        "Source": "vol",
        "VolumeOptions": {
            "DriverConfig": {"Name": "local", "Options": {"type": "nfs", "o": "a,b"}}
        },
    },
    "src=vol,dst=/b,volume-subpath=x/y": {
        "Type": "volume",
        "Source": "vol",
        "VolumeOptions": {"Subpath": "x/y", "DriverConfig": {}},
    },
    "src=a/b,dst=/b,volume-driver=plugin": {
        "Type": "volume",
        "Source": "a/b",
        "VolumeOptions": {"DriverConfig": {"Name": "plugin"}},
    },
    "type=tmpfs,dst=/b": {"Type": "tmpfs"},
    "type=tmpfs,dst=/b,tmpfs-size=1.5m,tmpfs-mode=1777": {
        "Type": "tmpfs",
        "TmpfsOptions": {"SizeBytes": 1572864, "Mode": 0o1777},
    },
    "type=tmpfs,dst=/b,tmpfs-size=0": {"Type": "tmpfs", "TmpfsOptions": {}},
    "type=image,src=alpine:3,dst=/b": {"Type": "image", "Source": "alpine:3"},
    "type=image,src=alpine,dst=/b,image-subpath=etc": {
        "Type": "image",
        "Source": "alpine",
        "ImageOptions": {"Subpath": "etc"},
    },
    "type=cluster,src=x,dst=/b": {"Type": "cluster", "Source": "x"},
    "type=npipe,src=x,dst=/b": {"Type": "npipe", "Source": "x"},
}

REFUSED = {
    "": "the text is empty",
    "src=vol": "the target is missing",
    "src=vol,dst=": "the target is missing",
    "dst": "dst has no value",
    "dst=/b,volume-opt": "volume-opt has no value",
    "dst=/b,": "an empty field is not one of its keys",
    "dst=/b,reedonly": "reedonly is not one of its keys",
    "src=vol, dst=/b": " dst is not one of its keys",
    "dst=/b,bind-create-src": "bind-create-src is not one of its keys",
    'dst="/b"': 'quotes go around the whole of dst="/b"',
    "dst=/b\n,ro": "a line break outside quotes",
    "dst=/b,ro=maybe": "readonly=maybe is neither true nor false",
    "dst=/b,ro=maybe,ro": "readonly=maybe is neither true nor false",
    "dst=/b,volume-nocopy=": "volume-nocopy= is neither true nor false",
    "dst=/b,volume-label==a": "the name in volume-label==a is empty",
    "dst=b": "b is not an absolute path in the container",
    "dst=/": "the container's root can't be a mount",
    "dst=/./..": "the container's root can't be a mount",
    "type=,dst=/b": "an empty text is not a type",
    "type=bin,dst=/b": "bin is not a type",
    "type=volume ,dst=/b": "volume  is not a type",
    "dst=/b,tmpfs-size=1m": "tmpfs-size does not go with type=volume",
    "type=bind,src=/a,dst=/b,volume-nocopy": "volume-nocopy does not go with type=bind",
    "type=tmpfs,dst=/b,bind-recursive=enabled": "bind-recursive does not go with type=tmpfs",
    "type=bind,dst=/b": "the source is missing",
    "type=bind,src=x,dst=/b": "x is not an absolute path",
    "type=bind,src=~/x,dst=/b": "~/x is not expanded",
    "type=bind,src=/a,dst=/b,bind-propagation=up": "bind-propagation=up is unknown",
    "type=bind,src=/a,dst=/b,bind-recursive=Readonly": "bind-recursive=Readonly is unknown",
    "type=bind,src=/a,dst=/b,bind-recursive=writable": "bind-recursive=writable needs readonly",
    "type=bind,src=/a,dst=/b,ro,bind-recursive=readonly": "bind-recursive=readonly needs "
    "bind-propagation=rprivate",
    "type=bind,src=/a,dst=/b,ro,bind-recursive=writable,bind-nonrecursive": "bind-recursive="
    "disabled and bind-recursive=writable exclude each other",
    "src=v,dst=/b": "v is not the name of a volume",
    "src=/vol,dst=/b": "/vol is not the name of a volume",
    "src=./vol,dst=/b": "/home/me/vol is not the name of a volume",
    "dst=/b,ro": "a volume without a name can't be read-only",
    "dst=/b,volume-subpath=x": "a volume without a name has no subpath",
    "src=vol,dst=/b,volume-subpath=/x": "the subpath /x leads out",
    "src=vol,dst=/b,volume-subpath=x/../..": "the subpath x/../.. leads out",
    "type=tmpfs,src=x,dst=/b": "a tmpfs has no source",
    "type=tmpfs,dst=/b,tmpfs-size=-1": "tmpfs-size: '-1' is not a size",
    "type=tmpfs,dst=/b,tmpfs-size=x,tmpfs-size=1": "tmpfs-size: 'x' is not a size",
    "type=tmpfs,dst=/b,tmpfs-mode=888": "tmpfs-mode=888 is not an octal number",
    "type=tmpfs,dst=/b,tmpfs-mode=40000000000": "tmpfs-mode=40000000000 is not an octal number",
    "type=image,dst=/b": "the source is missing",
    "type=image,src=alpine,dst=/b,image-subpath=../x": "the subpath ../x leads out",
}


@pytest.mark.parametrize("text", ACCEPTED)
def test_what_docker_accepts_means_the_same(text: str) -> None:
    mount = parse_mount(text, cwd="/home/me")
    assert mount.to_api() == {"Target": "/b", **ACCEPTED[text]}
    assert parse_mount(mount.render(), cwd="/elsewhere") == mount


@pytest.mark.parametrize("text", REFUSED)
def test_what_docker_or_the_engine_refuses_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_mount(text, cwd="/home/me")
    assert error.value.what.startswith(f"--mount {text}: {REFUSED[text]}")
    assert error.value.fix


def test_a_slip_is_told_the_key_that_was_meant() -> None:
    with pytest.raises(UsageError) as error:
        parse_mount("dst=/b,volume-drivr=x", cwd="/")
    assert error.value.fix == "did you mean volume-driver?"


def test_an_option_of_another_type_is_told_the_default_type() -> None:
    with pytest.raises(UsageError) as error:
        parse_mount("src=/a,dst=/b,bind-propagation=rslave", cwd="/")
    assert error.value.why == "volume is the type when none is said"
    assert error.value.fix == "say type=bind, or leave it out"


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("dst=/b", "type=volume,target=/b"),
        ("ro,dst=/b,src=./a,type=bind", "type=bind,source=/home/me/a,target=/b,readonly"),
        ('type=bind,"src=/a,b",dst=/b', 'type=bind,"source=/a,b",target=/b'),
        (
            "type=bind,src=/a,dst=/b,bind-recursive=disabled",
            "type=bind,source=/a,target=/b,bind-nonrecursive",
        ),
        ("type=tmpfs,dst=/b,tmpfs-size=1m", "type=tmpfs,target=/b,tmpfs-size=1048576"),
    ],
)
def test_renders_as_docker_reads_it_in_every_folder(text: str, rendered: str) -> None:
    assert parse_mount(text, cwd="/home/me").render() == rendered


TEXT = st.text('aé/.=,"\n ', max_size=5)
FIELDS = st.one_of(
    st.sampled_from([*KEYS, *OTHER_NAMES]),
    st.builds("{}={}".format, st.sampled_from([*KEYS, *OTHER_NAMES]), TEXT),
)
FIELDS_OF = {
    "bind": st.one_of(
        st.builds("{}={}".format, st.sampled_from(["src=/", "src=./", "consistency"]), TEXT),
        st.sampled_from(["ro", "bind-nonrecursive", "bind-nonrecursive=0"]),
        st.sampled_from(["bind-propagation=", "bind-propagation=rprivate"]),
        st.sampled_from([f"bind-recursive={word}" for word in RECURSIONS]),
    ),
    "volume": st.one_of(
        st.builds(
            "{}={}".format, st.sampled_from(["volume-label=k", "volume-opt", "volume-driver"]), TEXT
        ),
        st.sampled_from(["src=", "src=vol", "ro=false", "volume-nocopy", "volume-nocopy=F"]),
        st.sampled_from(["volume-subpath=", "volume-subpath=x,y"]),
    ),
    "tmpfs": st.one_of(
        st.builds("tmpfs-size={}".format, st.integers(0, 2**60)),
        st.builds("tmpfs-mode={:o}".format, st.integers(0, 2**32 - 1)),
        st.just("ro"),
    ),
    "image": st.builds("{}={}".format, st.sampled_from(["src=a", "image-subpath"]), TEXT),
    "cluster": st.builds("src={}".format, TEXT),
}
MOUNTS = st.sampled_from(sorted(FIELDS_OF)).flatmap(
    lambda kind: st.lists(FIELDS_OF[kind], max_size=5).map(
        lambda fields: write_record([f"type={kind}", "target=/t", *fields])
    )
)


@given(st.one_of(st.text(), MOUNTS, st.lists(FIELDS, min_size=1).map(write_record)))
def test_any_text_gives_a_usage_error_or_a_mount_that_renders_to_itself(text: str) -> None:
    try:
        mount = parse_mount(text, cwd="/home/me")
    except UsageError:
        return
    assert parse_mount(mount.render(), cwd="/elsewhere") == mount
