"""Kits to a tapped rhythm: the task of the Groove MIDI Dataset.

windows   performances -> two-bar windows, and the taps of them
players   what plays a kit to a tap, and the simple ways to do so
network   our network as such a player
"""
