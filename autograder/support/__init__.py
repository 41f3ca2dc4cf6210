"""Helpers without knowledge of assignments: files, CSV, versions, processors, errors."""
