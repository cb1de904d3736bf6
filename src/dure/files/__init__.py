"""Bytes that belong to an office: minutes, hand-outs, photographs. They lie in the data base."""
