"""Who may see and do what, and the record of what was done; used by serve.py, the pages and the command line."""
