"""An index in Qdrant: on a server, on a cluster, or in this process."""
