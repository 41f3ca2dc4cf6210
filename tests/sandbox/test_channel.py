"""The channel trusts nothing: a malformed frame raises a defined error and costs no memory."""

from __future__ import annotations

import json
import random
import socket
import struct

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox.rpc.channel import Channel
from autograder.sandbox.rpc.codec import Received, decode, encode
from autograder.sandbox.rpc.framing import Closed, ProtocolError, parse_header


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours), theirs


def refuse(*_: object) -> object:
    raise ProtocolError("of no known kind")


def frame(header: object, payload: bytes = b"") -> bytes:
    head = json.dumps(header).encode()
    return struct.pack(">II", len(head), len(payload)) + head + payload


def test_a_frame_is_received_as_it_was_sent(ends):
    channel, theirs = ends
    tensor = torch.randn(3, 4).t()
    channel.send({"a": 1}, [tensor, torch.ones((), dtype=torch.bool)])
    header, (one, two) = Channel(theirs).receive()
    assert header == {"a": 1}
    assert torch.equal(one, tensor)
    assert two.item() is True


@pytest.mark.parametrize(
    "raw",
    [
        struct.pack(">II", 2**32 - 1, 0),
        struct.pack(">II", 2, 2**32 - 1),
        struct.pack(">II", 2, 0) + b"[]",
        struct.pack(">II", 2, 0) + b"{}",
        struct.pack(">II", 3, 0) + b"\xff\xfe\xfd",
        struct.pack(">II", 100_000, 0) + b"[" * 100_000,
        struct.pack(">II", 10_000, 0) + b"1" * 10_000,
        frame({"tensors": 3}),
        frame({"tensors": [["float32", [2]]]}, b"1234"),
        frame({"tensors": [["float32", [-2]]]}, b"12345678"),
        frame({"tensors": [["float32", [2**62, 2**62]]]}),
        frame({"tensors": [["float32", [0, 2**62]]]}),
        frame({"tensors": [["float32", [True]]]}, b"1234"),
        frame({"tensors": [["float32", [1] * 100]]}, b"1234"),
        frame({"tensors": [["object", [1]]]}, b"12345678"),
        frame({"tensors": [["float32"]]}, b"1234"),
        frame({"tensors": [["float32", [1], 1]]}, b"1234"),
    ],
)
def test_a_malformed_frame_is_a_protocol_error(ends, raw):
    channel, theirs = ends
    theirs.sendall(raw)
    with pytest.raises(ProtocolError):
        channel.receive()


def test_an_end_within_a_frame_means_closed(ends):
    channel, theirs = ends
    theirs.sendall(b"\0\0")
    theirs.close()
    with pytest.raises(Closed):
        channel.receive()


def test_an_incomplete_frame_times_out(ends):
    channel, theirs = ends
    theirs.sendall(b"\0\0")
    with pytest.raises(TimeoutError):
        channel.receive(deadline=0.0)


def test_a_bool_byte_above_one_is_true(ends):
    channel, theirs = ends
    theirs.sendall(frame({"tensors": [["bool", [3]]]}, b"\x00\x02\xff"))
    _, (tensor,) = channel.receive()
    assert tensor.tolist() == [False, True, True]
    assert tensor.sum().item() == 2


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(value=values)
def test_plain_values_are_decoded_as_they_were_encoded(value):
    coded = json.loads(json.dumps(encode(value, [], refuse)))
    assert decode(coded, Received([]), refuse) == value


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["tensor", "list", "tuple", "dict", "grad", "x"]), inner)
    ),
)


@settings(deadline=None)
@given(coded=anything)
def test_json_that_encodes_no_value_is_a_protocol_error(coded):
    try:
        decode(coded, Received([torch.ones(1)]), refuse)
    except ProtocolError:
        return


def test_a_deeply_nested_value_is_a_protocol_error():
    coded: object = []
    for _ in range(500):
        coded = {"list": [coded]}
    with pytest.raises(ProtocolError, match="deep"):
        decode(coded, Received([]), refuse)


def test_mutated_frames_raise_defined_errors_only():
    # A quick version of tests/fuzz/frames.py: bytes of an honest frame are changed.
    chance = random.Random(0)
    honest = frame(
        {"content": {"tuple": [{"tensor": 0}, 1.5]}, "tensors": [["float32", [2]]]}, b"\0" * 8
    )
    for _ in range(2000):
        raw = bytearray(honest)
        for _ in range(chance.randint(1, 4)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.sendall(raw)
            theirs.shutdown(socket.SHUT_WR)
            try:
                header, tensors = Channel(ours).receive()
                decode(header.get("content"), tensors, refuse)
            except (ProtocolError, Closed):
                continue


def test_a_header_with_a_very_long_number_is_a_protocol_error():
    with pytest.raises(ProtocolError):
        parse_header(b'{"a": ' + b"9" * 5000 + b"}")
