"""The rules of the product and of the house, as tests."""
