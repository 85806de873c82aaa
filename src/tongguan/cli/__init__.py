"""The program `tongguan`: one module for each command. Wiring only."""
