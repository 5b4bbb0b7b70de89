"""Questions of a tool to the client that called it."""
