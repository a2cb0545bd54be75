"""Modules of torch, where that is installed (2.13.0 is what was tried): exported, compiled, run.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
import pytest

import qc

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'qc-compiler[torch]'")


@pytest.fixture(scope="module")
def module():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3, padding=1), torch.nn.BatchNorm2d(8), torch.nn.ReLU(),
                               torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(8, 4))


def test_a_module_and_a_loader(module):
    rows = torch.randn(16, 3, 16, 16)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(rows, torch.zeros(16)), batch_size=1)
    module.train()
    result = qc.compile(module, loader, example_inputs=rows[:1])
    assert module.training, "the module is left as it was"
    module.eval()
    with torch.no_grad():
        wanted = module(rows).numpy()
    (found,) = result.run(rows).values()
    noise = np.square(found - wanted).sum()
    assert 10 * np.log10(np.square(wanted).sum() / noise) > 15


def test_inputs_to_trace_with_are_asked_for(module):
    with pytest.raises(qc.UsageError, match="example_inputs"):
        qc.compile(module, torch.randn(4, 3, 16, 16))
