"""The network as a tool has it: requests that the supervisor's broker makes."""
