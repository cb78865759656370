#!/usr/bin/python3
"""The training that bench/nn.c measures, in PyTorch on one thread: milliseconds of processor time a batch, the least of
five rounds, and the loss that it came to.  nn_torch.py [BATCHES]"""
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import torch

torch.set_num_threads(1)
torch.manual_seed(1)
batches = int(sys.argv[1]) if len(sys.argv) > 1 else 100
gru = torch.nn.GRU(1, 64, 2, batch_first=True, dropout=0.2)
out = torch.nn.Linear(64, 1)
adam = torch.optim.Adam([*gru.parameters(), *out.parameters()], lr=0.001)
least = float("inf")
for _ in range(5):
    start = time.process_time()
    for _ in range(batches):
        x = torch.rand(16, 24, 1)
        y = (x[:, -1] + x[:, -2]) / 2
        adam.zero_grad()
        loss = torch.nn.functional.mse_loss(out(gru(x)[0][:, -1]), y)
        loss.backward()
        adam.step()
    least = min(least, (time.process_time() - start) / batches)
print("%.4f %.6f" % (1e3 * least, loss.item()))
