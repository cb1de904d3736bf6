"""The papers of a day for when there is no internet, and entering afterwards what was done on them."""
