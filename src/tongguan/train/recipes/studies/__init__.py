"""Parameter studies: trials one after the other, told to Optuna from our own records, judged on the inner hold-out."""
