"""Acceptance sampling by GB/T 2828.1 (ISO 2859-1): plans, switching rules, operating curve, drawing a sample."""
