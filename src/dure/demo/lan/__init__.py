"""Real phones in the same Wi-Fi, for a trial: a certificate made here, and how a phone comes to trust it."""
