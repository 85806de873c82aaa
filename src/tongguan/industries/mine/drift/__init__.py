"""Made scans of a drift 巷道: a tunnel with vehicles, people and pillars in it, seen by a laser scanner."""
