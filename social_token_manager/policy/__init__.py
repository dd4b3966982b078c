"""Pure rules of token life: no database, no network, the clock is passed in."""
