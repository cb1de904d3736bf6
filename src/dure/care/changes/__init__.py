"""A provider ends or begins, or some recipients change: planned for a day, carried out on it, nobody left behind."""
