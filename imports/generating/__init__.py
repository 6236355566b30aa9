"""Made-up claims in the fund's file format: any number of people, and the demonstration's stories.

Pure and deterministic: no Django, no database, no clock. Same people, seed and last day, same
bytes. Identifiers are well formed and belong to nobody; the system is the one for tests.
"""
