"""Who may do what: a scene of two companies, and what is expected of each role."""
