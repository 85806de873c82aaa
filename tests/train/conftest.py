"""Training in tests does not step back behind other work: tests are waited for."""

from __future__ import annotations

import os

os.environ.setdefault("TONGGUAN_TRAIN_NICE", "0")
