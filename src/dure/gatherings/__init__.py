"""Working together: meetings and training with who came and what was agreed, and circulars that are acknowledged."""
