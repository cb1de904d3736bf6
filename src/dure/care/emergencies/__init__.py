"""A look in an emergency: somebody who may act sees one person they otherwise may not, for an hour, on the record."""
