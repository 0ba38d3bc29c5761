"""Measurements of speed and memory; `README.md` here says what is measured and how to run it."""
