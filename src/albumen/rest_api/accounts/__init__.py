"""Who may use this server: accounts, sessions, keys, and which libraries each may see."""
