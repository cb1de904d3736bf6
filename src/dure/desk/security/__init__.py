"""One page for the office's security review: where the system stands, which networks, what leaves, who has access."""
