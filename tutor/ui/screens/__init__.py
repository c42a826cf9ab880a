"""The screens, one module each with its stylesheet beside it; all but Home are imported when they are first shown."""
