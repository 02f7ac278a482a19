"""Training of the drum network: strokes and scores in, weights out."""
