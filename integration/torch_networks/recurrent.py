"""Networks with LSTM and GRU: a tagger, a keyword spotter, one with a state that is handed in and out, a line reader.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import torch.nn.functional as F
from torch import nn

from . import network, normal, tokens
from .convolutional import conv


@network(ids=tokens(50, 1, 12))
def lstm_tagger():
    class Tagger(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.out = nn.Embedding(50, 16), nn.Linear(32, 7)
            self.lstm = nn.LSTM(16, 16, 2, bidirectional=True, batch_first=True)

        def forward(self, ids):
            return self.out(self.lstm(self.embed(ids))[0])
    return Tagger()


@network(x=normal(1, 20, 30))
def gru_keyword_spotter():
    class Spotter(nn.Module):
        def __init__(self):
            super().__init__()
            self.front = nn.Sequential(nn.Conv1d(20, 24, 5, 2, 2), nn.BatchNorm1d(24), nn.ReLU())
            self.gru, self.out = nn.GRU(24, 24, batch_first=True), nn.Linear(24, 12)

        def forward(self, x):
            return F.log_softmax(self.out(self.gru(self.front(x).transpose(1, 2))[0][:, -1]), -1)
    return Spotter()


@network(x=normal(4, 1, 20), h=normal(2, 1, 24))
def gru_with_state():
    class Stateful(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru, self.out = nn.GRU(20, 24, 2), nn.Linear(24, 12)

        def forward(self, x, h):
            y, h = self.gru(x, h)
            return self.out(y), h
    return Stateful()


@network(x=normal(1, 1, 32, 48))
def crnn():
    class Reader(nn.Module):
        def __init__(self):
            super().__init__()
            self.trunk = nn.Sequential(nn.Conv2d(1, 16, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(2), conv(16, 24, 3),
                                       nn.MaxPool2d((2, 1), (2, 1)), nn.MaxPool2d((2, 1), (2, 1)),
                                       nn.Conv2d(24, 24, (4, 2)), nn.ReLU())
            self.lstm, self.out = nn.LSTM(24, 16, bidirectional=True), nn.Linear(32, 37)

        def forward(self, x):
            y, _ = self.lstm(self.trunk(x).squeeze(2).permute(2, 0, 1))
            count, batch, width = y.shape
            return self.out(y.view(count * batch, width)).view(count, batch, -1)
    return Reader()
