"""Benchmarks run and say what they must; how fast is never asserted here."""
