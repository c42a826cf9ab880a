"""What runs beside a learner's program, inside the box. Standard library only, and nothing of the rest of the tutor."""
