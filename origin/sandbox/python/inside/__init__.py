"""Everything that runs inside the confined process, and the steps that confine it."""
