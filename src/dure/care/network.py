"""The contact network of each dong: who answers by day and by night, and when the number was last tested."""
