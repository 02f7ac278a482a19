"""The pages of docs/evaluation: tables, figures and the sentences above them.

In: reports.  Out: Markdown, for `scripts/evaluation_doc.py`.
"""
