"""How PyTorch uses the machine: threads, a GPU where there is one, the same result from the same seed."""

from __future__ import annotations

import torch


def prepare_machine(threads: int, seed: int) -> torch.device:
    """Sets threads, seed and deterministic kernels; returns the device to train on."""
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True, warn_only=True)
    if not torch.cuda.is_available():
        return torch.device("cpu")
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    return torch.device("cuda")
