"""The studio on the web of this machine.

In: requests.  Out: answers.  `app` puts all of the studio together, `guard` says who may ask
(with `start_token`) and how much, `routes` are the API, `server` runs uvicorn.  No logic of
music in here.
"""
