"""Attacks on the tutor, each one command with one seed: bounded in time, processes, memory and disk, touching this
computer alone, and ending only what they started. The tests run a short form of each."""
