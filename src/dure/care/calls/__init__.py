"""Days that differ: welfare calls on days without a meal, and extra contacts while a heat or cold warning is on."""
