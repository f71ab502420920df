"""Grade a class: from a folder of submissions to records, and from records to grades and reports."""
