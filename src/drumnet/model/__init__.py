"""The trained network and what lies beside it.

In: a folder of weights.  Out: verified weights (`checkpoint`), the network that listens,
encodes and decodes (`network`), the code that explains drums best (`infer`), and fills of
drummers (`fill_bank`).  Knows ticks alone: no seconds, no sound, no settings.
"""
