"""A lesson's file as YAML: reads it with the place of every value, and explains what is wrong in an author's words."""
