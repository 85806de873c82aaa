"""`python -m tongguan.worker`: one worker process."""

from __future__ import annotations

import gc

# Looking for garbage among loaded modules took a seventh of the start; `main` turns it on again.
gc.disable()

from tongguan.worker.process import main  # noqa: E402 (after the line above)

if __name__ == "__main__":
    main()
