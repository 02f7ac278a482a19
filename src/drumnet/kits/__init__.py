"""Kits from files: `loading` is the way in, `folder` reads folders of one-shots."""
