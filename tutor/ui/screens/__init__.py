"""The screens, one module each with its stylesheet beside it. All but Home are imported when they are first shown."""
