"""Real processes that use the engine, for tests of races and crashes."""
