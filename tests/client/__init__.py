"""The client on scripted answers, on raw sockets that misbehave, and on the emulator."""
