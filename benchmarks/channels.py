"""Measure how many bits a second two confined submissions can signal by load.

`python -m benchmarks.channels` starts two sandboxes. A sender in one of them is busy or idle for
slots of a fixed length, one bit a slot; a receiver in the other measures how fast it makes
progress. Both read the machine's clock. A bit is read as 1 if the receiver was slower than its
median. A slot carries 1 - H(e) bits, where e is the share of wrong bits and H the binary entropy
(Shannon, 1948: the capacity of a binary symmetric channel).
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

from autograder.support.cpu import use_one_thread

use_one_thread()  # before the imports below, which import torch
import torch  # noqa: E402

from autograder.sandbox import Budgets, Cell, Sandbox, Session  # noqa: E402

SLOTS = (0.1, 0.03, 0.01, 0.003, 0.001)  # seconds
SECONDS = 6.0  # per message; a call may take 10
MOST = 1000  # bits per message
TRIES = 3  # messages per channel and length of a slot

# What the sender does, and what the receiver repeats, while a slot lasts.
CHANNELS = {
    "processors": ("x @ x", "for _ in range(200): pass", 4),
    "memory and caches": ("big.copy_(other)", "mine.copy_(theirs)", 2),
}
CODE = """
import threading, time
import torch

def prepare():
    global x, big, other, mine, theirs
    x = torch.ones(300, 300)
    big, other = torch.ones(8_000_000), torch.ones(8_000_000)
    mine, theirs = torch.ones(300_000), torch.ones(300_000)

def wait_until(end):
    while time.time() < end:
        time.sleep(max(0.0, min(0.01, end - time.time() - 0.0005)))

def send(bits, start, slot):
    prepare()
    def work():
        for n, bit in enumerate(bits.tolist()):
            end = float(start) + (n + 1) * slot
            if bit:
                while time.time() < end:
                    {send}
            else:
                wait_until(end)
    threads = [threading.Thread(target=work) for _ in range({threads})]
    wait_until(float(start))
    for one in threads: one.start()
    for one in threads: one.join()
    return bits

def receive(bits, start, slot):
    prepare()
    wait_until(float(start))
    counts = []
    for n in range(len(bits)):
        end, count = float(start) + (n + 1) * slot, 0
        while time.time() < end:
            {receive}
            count += 1
        counts.append(float(count))
    return torch.tensor(counts)
"""


def main() -> None:
    """Print the capacity of each channel for each length of a slot."""
    print("channel            slot     wrong bits   bits a second")
    with _submission() as sender, _submission() as receiver:
        for channel in CHANNELS:
            for slot in SLOTS:
                wrong = [_wrong(sender, receiver, channel, slot) for _ in range(TRIES)]
                share = statistics.median(wrong)
                rate = (1 - _entropy(share)) / slot
                print(f"{channel:18} {1000 * slot:4g} ms {share:10.1%} {rate:12.1f}", flush=True)


def _wrong(sender: Sandbox, receiver: Sandbox, channel: str, slot: float) -> float:
    """Send one message; return the share of wrong bits."""
    bits = torch.randint(0, 2, (min(MOST, round(SECONDS / slot)),)).float()
    with _function(sender, channel, "send") as send, _function(receiver, channel, "receive") as get:
        start = torch.tensor(time.time() + 1.0, dtype=torch.float64)
        with ThreadPoolExecutor() as pool:
            sent = pool.submit(send, bits, start, slot)
            counts = get(torch.zeros_like(bits), start, slot)
            sent.result()
    read = (counts < counts.median()).float()
    return float((read != bits).float().mean())


def _entropy(p: float) -> float:
    return 0.0 if p in (0, 1) else -p * math.log2(p) - (1 - p) * math.log2(1 - p)


@contextmanager
def _submission() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@contextmanager
def _function(sandbox: Sandbox, channel: str, name: str) -> Iterator[Any]:
    """Yield a function of a submission that stands for one end of a channel."""
    send, receive, threads = CHANNELS[channel]
    code = CODE.format(send=send, receive=receive, threads=threads)
    session: Session = sandbox.session([Cell("code", code, "answer")], [name], budgets=Budgets())
    with closing(session):
        session.load()
        session.begin()
        session.seed_for_check("channel")
        yield session.answers([name])[name]


if __name__ == "__main__":
    main()
