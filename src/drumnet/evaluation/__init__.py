"""How good the drums are: metrics, baselines and the protocols of the design.

metrics     hits played against hits wanted -> scores
baselines   simple drummers to compare with
passages    songs cut in halves, from prepared songs or recordings
protocol    reconstruction, transfer, no code, wrong code
retrieval   are codes the same at another tempo, or shifted?
altered     recordings at another speed, or cut, for the same question
patterns    what a drum pattern measurably does
variety     do sampled styles give different music?
"""
