"""Benchmarks: every figure that the product promises, measured against its goal."""
