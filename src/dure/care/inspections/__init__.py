"""An inspection: all that an auditor asks for about a provider and some days, from the record, without recipients."""
