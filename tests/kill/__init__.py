"""What survives `kill -9`, a database that is away, a full disk, and a move to another machine."""
