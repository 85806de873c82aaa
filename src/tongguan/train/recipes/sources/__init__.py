"""Where a run's items come from: one file for each kind of medium, all behind `registry.media_of`."""
