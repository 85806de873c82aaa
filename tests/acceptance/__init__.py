"""The main job on real data, through the running server by its public API: `make accept`."""
