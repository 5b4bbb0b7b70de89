"""Reads a tool's code without running it: ast(3) in, JSON Schema out."""
