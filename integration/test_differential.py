"""Random networks beside onnxruntime, prepared beside as imported, stored beside quantized: see differential.py.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import differential
import numpy as np
import pytest
import random_graphs
import random_steps
from fork_server import Done, ForkServers

# More by the command of differential.py.
SEEDS = range(400)
BLOCK = 50


@pytest.fixture(scope="module")
def servers(qc, tmp_path_factory):
    with ForkServers(qc.path) as servers:
        servers.warm_up(tmp_path_factory.mktemp("servers"))
        yield servers


@pytest.mark.parametrize("first", SEEDS[::BLOCK])
def test_networks(servers, tmp_path, first):
    faults = []
    seeds = range(first, first + BLOCK)
    reports = differential.check_seeds(servers, seeds, save=tmp_path, tell=faults.append)
    assert not faults, f"{len(faults)} faults, networks in {tmp_path}:\n" + "\n".join(faults)
    # What is refused shows nothing: every step of every network is demanded.
    left_out = {report.seed: report.refusals for report in reports if not report.compared}
    assert not left_out


def test_every_step_is_taken():
    """Each kind of step succeeds in some network of the first hundreds."""
    taken = set()

    def counted(name, function):
        def run(grower, *arguments):
            result = function(grower, *arguments)
            taken.add(name)
            return result
        return run

    steps = {name: (counted(name, function), often) for name, (function, often) in random_steps.STEPS.items()}
    for seed in SEEDS:
        random_graphs.build(seed, steps)
    assert taken == set(steps)


def test_a_seed_is_a_network():
    first, second = random_graphs.build(11), random_graphs.build(11)
    assert first.model.SerializeToString() == second.model.SerializeToString()
    assert all(np.array_equal(first.samples[name], second.samples[name]) for name in first.samples)


def test_a_wrong_value_is_found_and_shrunk(servers, tmp_path, monkeypatch):
    """The peer is made wrong where there is a Relu: the network shrinks to that node."""
    def network():
        grower = random_graphs.Grower(0)
        x = grower.input([1, 4, 6, 6])
        conv = grower.add("Conv", x, grower.weights(4, 4, 3, 3))
        grower.add("Sigmoid", grower.add("Relu", conv))
        return grower.finish()

    def wrong(run):
        def peer(model, samples):
            more = 0.01 * any(node.op_type == "Relu" for node in model.graph.node)
            return {name: data + np.float32(more) for name, data in run(model, samples).items()}
        return peer

    for name in ("run_peer", "run_reference"):
        monkeypatch.setattr(differential, name, wrong(getattr(differential, name)))
    checker = differential.Checker(servers, tmp_path)
    report = checker.check(0, network())
    assert [fault.kind for fault in report.faults] == ["float"]
    small = differential.shrink(checker, 0, network(), "float")
    assert [node.op_type for node in small.model.graph.node] == ["Relu"]


def test_a_crash_is_a_fault(servers, tmp_path, monkeypatch):
    network = random_graphs.build(11)
    monkeypatch.setattr(servers, "run", lambda *arguments: Done(-11, "", "error: this is not enough"))
    report = differential.Checker(servers, tmp_path).check(11, network)
    assert [fault.kind for fault in report.faults] == ["run"] and not report.refusals
