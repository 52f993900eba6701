"""`choir verify-privacy`: every check of privacy §8, with what it tried, measured and was held to.

The sums are in bot/proof and open nothing; what touches the running program is here.
"""
