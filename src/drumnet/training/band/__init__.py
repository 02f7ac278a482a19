"""One world of sound to train in: songs in, stems as sound out."""
