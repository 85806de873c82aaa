"""Recipe `cuboid-detection`: things in point clouds, each with a block in space, seen from above."""
