"""Send malformed frames to a grader's end of a connection, and check how each call ends.

`python -m tests.fuzz.frames --count 20000`: each round calls a proxy, and the other end sends
answers and asks of an honest worker, mutated as bytes or as JSON. The call must end with an answer,
`RemoteError` or `Gone`. The same seed sends the same frames.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import resource
import socket
import struct
import time
from collections import Counter
from typing import Any

import torch
from torch import Tensor, nn

from autograder.sandbox.errors import Gone, RemoteError
from autograder.sandbox.rpc.channel import Channel
from autograder.sandbox.rpc.connection import Connection
from autograder.sandbox.rpc.proxies import RemoteFunction, RemoteModule, call

Frame = tuple[dict[str, Any], bytes]

MODULE = {
    "module": 0,
    "kinds": [["a", "Sequential"], ["a.0", "Conv2d"], ["b", "BatchNorm1d"]],
    "parameters": [["a.0.weight", 0, True], ["b.weight", 1, True]],
    "buffers": [["b.running_mean", 1]],
}
TENSORS = [["float32", [2, 3]], ["float32", [3]]]
PAYLOAD = struct.pack("=6f8x3f", *range(9))  # each tensor at a multiple of 16 bytes


def answer_frame(result: object, **more: object) -> Frame:
    """Return the answer of an honest worker to a call."""
    fields = {
        "result": result,
        "mutated": {"list": [{"tuple": [0, {"tensor": 0}]}]},
        "state": {"list": [{"tuple": [0, "b.running_mean", {"tensor": 1}]}]},
        "tape": 1,
        **more,
    }
    return {"content": {"dict": fields}, "drop": [], "tensors": TENSORS}, PAYLOAD


def ask_frame(op: str, **fields: object) -> Frame:
    """Return an ask of an honest worker."""
    return {"ask": op, "content": {"dict": fields}, "drop": [3], "tensors": TENSORS}, PAYLOAD


HOME = {"home": 0}
HONEST: list[Frame] = [
    answer_frame({"tensor": 0, "grad": True}),
    answer_frame(
        {"tuple": [{"tensor": 0, "grad": True}, {"tensor": 1}, None, 1.5, "x"]}, tape=None
    ),
    answer_frame({"dict": {"a": {"list": [True, {"opaque": "ndarray"}]}}}),
    answer_frame(MODULE),
    answer_frame({"function": 3}),
    ({"raised": {"kind": "ValueError", "text": "no", "where": "line 1"}, "tensors": []}, b""),
    ({"content": {"list": [{"tensor": 0}, None]}, "tensors": TENSORS}, PAYLOAD),
    ask_frame("mode", target=HOME, part=""),
    ask_frame("set_mode", target=HOME, part="", mode=True),
    ask_frame("copy", target=HOME, changes=[]),
    ask_frame("gradient", tape=1, gradients={"list": [{"tensor": 0}]}),
    *(
        ask_frame(
            "call",
            target=HOME,
            method=method,
            args={"tuple": [{"tensor": 0, "grad": True}]},
            kwargs={"dict": {}},
            grad=True,
            changes={"list": []},
        )
        for method in ("encode", "forward", "train", "load_state_dict", None)
    ),
]

ODD: tuple[object, ...] = (
    *(None, True, -1, 0, 2**31, 2**63, 10**400, 1.5, float("nan"), float("inf"), "", "x" * 20_000),
    *("\ud800", "__class__", "a.b.c", [], {}, [[]], {"tensor": 0}, {"tensor": 99}, {"home": 7}),
    *({"list": {}}, {"dict": []}, {"tuple": [1]}, {"opaque": "\0\x1b"}, {"module": 5}, MODULE),
    *("complex64", "bool", "float16", [0, 2**40], [-1], [2**62]),
)


class GraderModel(nn.Module):
    """A model that the grader passes to the worker."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 2)

    def encode(self, x: Tensor) -> Tensor:
        return self.linear(x)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x)


def to_bytes(frame: Frame) -> bytes:
    header, payload = frame
    head = json.dumps(header).encode()
    return struct.pack(">II", len(head), len(payload)) + head + payload


def mutated(frame: Frame, chance: random.Random) -> bytes:
    """Return the bytes of a frame with some of its bytes or values changed."""
    if chance.random() < 0.35:
        data = bytearray(to_bytes(frame))
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(data))
            action = chance.randrange(3)
            if action == 0:
                data[place] = chance.randrange(256)
            elif action == 1:
                del data[place : place + chance.randint(1, 8)]
            else:
                data[place:place] = chance.randbytes(chance.randint(1, 8))
            if len(data) < 2:
                break
        return bytes(data)
    header, payload = copy.deepcopy(frame[0]), frame[1]
    for _ in range(chance.randint(1, 3)):
        change(header, chance)
    return to_bytes((header, payload))


def change(tree: Any, chance: random.Random) -> None:
    """Replace a random part of some JSON by an odd value, or delete it."""
    while isinstance(tree, dict | list) and tree:
        key = chance.choice(list(tree)) if isinstance(tree, dict) else chance.randrange(len(tree))
        below = tree[key]
        if isinstance(below, dict | list) and below and chance.random() < 0.75:
            tree = below
            continue
        if chance.random() < 0.2:
            del tree[key]
        else:
            tree[key] = copy.deepcopy(chance.choice(ODD))
        return


def play_round(seed: int) -> str:
    """Play one round and return how it ended; any other exception is a bug."""
    chance = random.Random(seed)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for _ in range(chance.randint(1, 4)):
            frame = chance.choice(HONEST)
            theirs.sendall(to_bytes(frame) if chance.random() < 0.3 else mutated(frame, chance))
        theirs.shutdown(socket.SHUT_WR)  # a frame that is cut off ends, so no round waits
        connection = Connection(Channel(ours), trusting=False)
        connection.patience = 5.0
        return _call(connection, chance)


def _call(connection: Connection, chance: random.Random) -> str:
    x = torch.ones(2, 3, requires_grad=chance.random() < 0.5)
    try:
        result = call(
            connection,
            RemoteFunction(connection, "f"),
            None,
            (GraderModel(), x),
            {"y": torch.ones(3)},
        )
        if isinstance(result, Tensor) and result.requires_grad:
            torch.autograd.grad(result.abs().sum(), x, allow_unused=True)
        elif isinstance(result, RemoteModule):
            result.state_dict()
            result(x)
    except RemoteError:
        return "RemoteError"
    except Gone as gone:
        return f"Gone: {gone.reason}"
    except RuntimeError as wrong:
        # The fuzzer's own error: the result may not depend on x, or may be complex.
        if "require grad" in str(wrong) or "differentiated" in str(wrong):
            return "answered"
        raise
    return "answered"


def play(count: int, seed: int = 0) -> Counter[str]:
    """Play `count` rounds and count how they ended."""
    return Counter(play_round(seed * 1_000_003 + number) for number in range(count))


def peak_memory() -> int:
    """Return the peak memory of this process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.frames", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)  # as in the grader
    play(100, 99)
    before, start = peak_memory(), time.monotonic()
    ends = play(options.count, options.seed)
    seconds, grown = time.monotonic() - start, peak_memory() - before
    print(f"{options.count} rounds in {seconds:.0f} s, {grown} MiB more: {dict(ends)}")


if __name__ == "__main__":
    main()
