"""Simulated learners answer through the real marking: choice of questions and predictions beside their peers."""
