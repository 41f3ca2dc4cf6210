"""Memory that a grader shares with one worker, and what a worker cannot do with it."""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import threading

import pytest
import torch
from torch import nn

from autograder.sandbox import Cell, Sandbox
from autograder.sandbox.rpc import shared_memory
from autograder.sandbox.rpc.channel import Channel
from autograder.sandbox.rpc.framing import ProtocolError
from autograder.sandbox.rpc.shared_memory import SIZE, SharedMemory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="shared memory needs Linux")

IN_SHARED_MEMORY = 2**31


@pytest.fixture
def memory():
    descriptor = shared_memory.create()
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def ends(memory):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        grader, worker = SharedMemory(memory, grader=True), SharedMemory(memory, grader=False)
        yield Channel(ours, grader), Channel(theirs, worker), theirs


def test_tensors_of_every_size_arrive_through_shared_memory_or_the_socket(ends):
    channel, other, _ = ends
    for count in (0, 1, 3, 1000, SIZE // 4, SIZE // 4 + 1):
        sent = [torch.rand(count), torch.ones(count, dtype=torch.bool), torch.rand(3).double()]
        channel.send({}, sent) if count < 10_000 else _send_in_a_thread(channel, sent)
        _, received = other.receive()
        assert all(torch.equal(one, two) for one, two in zip(sent, received, strict=True))


def _send_in_a_thread(channel: Channel, tensors: list[torch.Tensor]) -> None:
    """Send more than a socket can buffer while nobody reads it."""
    threading.Thread(target=channel.send, args=({}, tensors), daemon=True).start()


def test_only_the_header_of_a_small_frame_goes_through_the_socket(ends):
    channel, _, theirs = ends
    channel.send({}, [torch.rand(10_000)])
    assert len(theirs.recv(100_000)) < 200


def test_received_tensors_do_not_change_when_the_shared_memory_does(ends):
    channel, other, _ = ends
    channel.send({}, [torch.zeros(100)])
    _, (received,) = other.receive()
    channel.send({}, [torch.ones(100)])
    assert received.sum().item() == 0


def test_the_two_ends_write_to_different_halves(ends):
    channel, other, _ = ends
    channel.send({}, [torch.zeros(100)])
    other.send({}, [torch.ones(100)])
    assert other.receive()[1][0].sum().item() == 0
    assert channel.receive()[1][0].sum().item() == 100


@pytest.mark.parametrize("size", [SIZE + 16, 2**31 - 1])
def test_a_frame_that_announces_more_than_a_half_holds_is_a_protocol_error(ends, size):
    channel, _, theirs = ends
    head = json.dumps({"tensors": [["uint8", [size]]]}).encode()
    theirs.sendall(struct.pack(">II", len(head), size | IN_SHARED_MEMORY) + head)
    with pytest.raises(ProtocolError):
        channel.receive()


def test_a_frame_that_claims_shared_memory_where_there_is_none_is_a_protocol_error():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        head = json.dumps({"tensors": [["uint8", [4]]]}).encode()
        theirs.sendall(struct.pack(">II", len(head), 4 | IN_SHARED_MEMORY) + head)
        with pytest.raises(ProtocolError):
            Channel(ours).receive()


def test_nobody_can_make_the_shared_memory_smaller_or_larger(memory):
    for size in (0, 4 * SIZE):
        with pytest.raises(PermissionError):
            os.ftruncate(memory, size)


def test_a_worker_cannot_find_in_its_shared_memory_what_another_was_sent():
    source = """
import gc

def count(start, *sent):
    memories = [one for one in gc.get_objects() if type(one).__name__ == "SharedMemory"]
    return b"".join(bytes(one._memory[:]) for one in memories).count((start + 1).numpy().tobytes())
"""
    start = torch.tensor([0x1D3A5F7B9C2E4608])
    with Sandbox() as sandbox:
        one, other = (sandbox.session([Cell("c", source, "answer")], ["count"]) for _ in range(2))
        assert one.answers(["count"])["count"](start, start + 1) == 1
        assert other.answers(["count"])["count"](start) == 0
        one.close()
        other.close()


def test_a_model_larger_than_the_shared_memory_trains_as_any_other():
    source = """
from torch import nn
class Wide(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(1600, 1600)
    def forward(self, x): return self.layer(x)
"""
    with Sandbox() as sandbox:
        session = sandbox.session([Cell("c", source, "answer")], ["Wide"])
        model = session.answers(["Wide"])["Wide"]()
        x = torch.rand(2, 1600)
        model(x).sum().backward()
        with torch.no_grad():
            model.layer.bias += 1
        twin = nn.Linear(1600, 1600)
        twin.load_state_dict({k: v.clone() for k, v in model.layer.state_dict().items()})
        assert torch.allclose(model(x), twin(x), atol=1e-5)
        assert torch.allclose(model.layer.bias.grad, torch.full((1600,), 2.0))
        session.close()
