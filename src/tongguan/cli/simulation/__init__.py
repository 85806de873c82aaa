"""Simulated people at the public API: for the demo, the acceptance run and the benchmarks."""
