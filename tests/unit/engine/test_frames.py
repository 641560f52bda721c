"""stdout and stderr are told apart however the stream was cut on its way."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from dk.engine.frames import Frames

OUTPUT = st.lists(st.tuples(st.sampled_from([1, 2]), st.binary(max_size=300)))


@given(OUTPUT, st.lists(st.integers(1, 40)))
def test_any_cut_gives_the_same_output(frames: list[tuple[int, bytes]], cuts: list[int]) -> None:
    data = b"".join(struct.pack(">B3xL", stream, len(text)) + text for stream, text in frames)
    seen = {1: b"", 2: b""}
    splitter = Frames()
    while data:
        size = cuts.pop() if cuts else len(data)
        for stream, piece in splitter.split(data[:size]):
            seen[stream] += bytes(piece)
        data = data[size:]
    for stream, text in seen.items():
        assert text == b"".join(part for number, part in frames if number == stream)
