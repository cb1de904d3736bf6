"""A worker's day as bad as it gets, made from a number: what is done on a phone, and what goes wrong meanwhile.

The same number gives the same schedule: `python -m tests.field.chaos SEED` prints it, `bench/field.py --seed SEED`
lives it.
"""
