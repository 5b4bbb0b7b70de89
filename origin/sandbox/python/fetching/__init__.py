"""Code that talks to package indexes, beside the sandbox."""
