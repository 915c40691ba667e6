"""The quarter: the score of each outlet, sub-branch and the city, worth 40 % (domain.md 3.7)."""
