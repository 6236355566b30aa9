"""The wiring: settings, addresses, the queue, the servers of one machine. Knows no domain."""
