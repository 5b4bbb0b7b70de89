"""The hardening steps. Each confines the calling process and names the layers it has proven."""
