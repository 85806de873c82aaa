"""What recipes share that look at point clouds: reading, the picture from above, clusters."""
