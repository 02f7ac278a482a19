"""temporary."""
import numpy as np
from drumnet.grid import TICKS_PER_BEAT
def _any(heard):
    return (heard.strength[heard.present] >= 0.1).any(0) if heard.present.any() else np.zeros(heard.num_ticks,bool)
def band_stops(heard):
    on=np.flatnonzero(_any(heard)); out=np.zeros(heard.num_ticks,bool)
    if len(on)<2: return out
    gap=np.diff(on); usual=np.median(gap)
    for a,g in zip(on,gap):
        if g>=48 and usual<12: out[a+6:a+g]=True
    return out
def band_strikes(heard): return np.zeros(heard.num_ticks,bool)
def band_energy(heard):
    b=np.repeat(heard.bar-heard.bar[0],TICKS_PER_BEAT); s=heard.strength[heard.present]
    e=np.bincount(b,weights=(s>=.1).any(0)*1.0 + (s>=.1).sum(0)) if len(s) else np.zeros(b.max()+1)
    return e/max(np.quantile(e,.75),1e-9)
def last_stroke(heard):
    on=np.flatnonzero(_any(heard)); return None
