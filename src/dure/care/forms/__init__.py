"""What people enter on the pages of care."""
