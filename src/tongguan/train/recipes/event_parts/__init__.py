"""Rules about things in a recording, as data, and the events that they find."""
