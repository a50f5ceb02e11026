"""Rules in any program: a worker speaks JSON lines on its standard streams (`docs/worker-protocol.md`)."""
