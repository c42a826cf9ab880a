"""Simulated learners, whose answers are really marked: compares the choice of questions and the predictions with
others."""
