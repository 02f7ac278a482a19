"""What travels between the page and the server, as pydantic models.

In: JSON.  Out: checked values, of which web/openapi.json is made.  Knows the core's settings
and pieces, nothing of the studio.
"""
