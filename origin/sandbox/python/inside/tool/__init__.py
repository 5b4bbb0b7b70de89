"""Runs one tool: its code, its arguments, its value."""
