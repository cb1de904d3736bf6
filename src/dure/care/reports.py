"""The report of a day as a workbook."""
