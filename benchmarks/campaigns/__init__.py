"""Attacks on the tutor, each one command with a seed. They are bounded in time, processes, memory and disk, stay on
this computer, and end only what they started. The tests run a short form of each."""
