"""The trail as it is read and checked: the walk along the chain, its head, the desk's pages."""
