"""`--gpus` as docker reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dk.errors import UsageError
from dk.spec.gpus import DeviceRequest, parse_gpus

ACCEPTED = {
    "all": DeviceRequest(-1),
    "2": DeviceRequest(2),
    "count=+2": DeviceRequest(2),
    "count=all": DeviceRequest(-1),
    "0": DeviceRequest(0),
    "device=0": DeviceRequest(0, ("0",)),
    '"device=0,2"': DeviceRequest(0, ("0", "2")),
    "device=GPU-3a23c669": DeviceRequest(0, ("GPU-3a23c669",)),
    "driver=nvidia": DeviceRequest(1, driver="nvidia"),
    "all,capabilities=utility": DeviceRequest(-1, capabilities=("utility", "gpu")),
    '"capabilities=utility,compute",2': DeviceRequest(
        2, capabilities=("utility", "compute", "gpu")
    ),
    'all,"options=a=b,c"': DeviceRequest(-1, options=(("a", "b"), ("c", ""))),
    'all,"options=""a=b,c"""': DeviceRequest(-1, options=(("a", "b,c"),)),
    'all,"options=a=1,a=2"': DeviceRequest(-1, options=(("a", "2"),)),
}

REFUSED = {
    "": "the text is empty",
    "x": "x is not a number of GPUs, nor all",
    "ALL": "ALL is not a number of GPUs, nor all",
    "all,": "an empty text is not a number of GPUs, nor all",
    "count=": "an empty text is not a number of GPUs, nor all",
    "9223372036854775808": "9223372036854775808 is not a number of GPUs, nor all",
    "foo=bar": "foo is not one of its keys",
    "Driver=nvidia": "Driver is not one of its keys",
    "=x": "an empty text is not one of its keys",
    "device=0,2": "2 asks for a count beside device=0",
    "device=1,0": "0 asks for a count beside device=1",
    "all,all": "count is said twice",
    "1,2": "count is said twice",
    "device=0,device=1": "device is said twice",
    "all,options=": "the text is empty",
    'all,"options="': "the text is empty",
    'all,"device=0': "a quote is not closed",
}


@pytest.mark.parametrize("text", ACCEPTED)
def test_what_docker_accepts_means_the_same(text: str) -> None:
    assert parse_gpus(text) == ACCEPTED[text]
    assert parse_gpus(ACCEPTED[text].render()) == ACCEPTED[text]


@pytest.mark.parametrize("text", REFUSED)
def test_what_docker_or_the_engine_refuses_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_gpus(text)
    assert error.value.what == f"--gpus {text}: {REFUSED[text]}"
    assert error.value.fix


def test_a_list_without_quotes_is_told_how_to_write_them() -> None:
    with pytest.raises(UsageError) as error:
        parse_gpus("device=0,2")
    assert error.value.fix == "e.g. --gpus '\"device=0,2\"'"


def test_the_request_is_docker_own() -> None:
    assert parse_gpus('"device=0,2",driver=nvidia').to_api() == {
        "Driver": "nvidia",
        "Count": 0,
        "DeviceIDs": ["0", "2"],
        "Capabilities": [["gpu"]],
        "Options": {},
    }


FIELDS = st.one_of(
    st.integers().map(str),
    st.builds(
        "{}={}".format,
        st.sampled_from(["count", "device", "driver", "capabilities", "options"]),
        st.text('al10=,"\nx'),
    ),
)


@given(
    st.one_of(
        st.text(),
        st.text('al10=,"driveoptns'),
        st.lists(FIELDS, min_size=1).map(
            lambda fields: ",".join('"' + field.replace('"', '""') + '"' for field in fields)
        ),
    )
)
def test_any_text_gives_a_usage_error_or_a_request_that_renders_to_itself(text: str) -> None:
    try:
        request = parse_gpus(text)
    except UsageError:
        return
    assert parse_gpus(request.render()) == request
