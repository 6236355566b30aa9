"""Mutation testing of the gate and the masks: `python -m tests.mutants`, or `make mutants`.

One small thing of the rule is changed at a time; some test must fail for each. An own tool: the
kept ones either change nothing outside functions, where the gate's SQL and the matrix are, or
start servers and migrate for each mutant. This one does so once, and forks for each.
"""
