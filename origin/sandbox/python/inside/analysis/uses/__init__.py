"""What a tool's code uses, as far as its text shows: hosts, modules, secrets, and what stays unseen."""
