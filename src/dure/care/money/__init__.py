"""Money and months: which meals are paid for, what both sides agree on, and a month that is closed for good."""
