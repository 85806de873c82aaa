"""Recipe `detection`: boxes on pictures, small enough to train for minutes on two cores."""
