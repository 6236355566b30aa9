"""The 24 classes of access bugs that other systems published: each asked of every door of ours.

A module a class, named after it. Doors come from the resolver and kinds from the models: a new
one is asked too. The incidents are told in our own words, by their public numbers.
"""
