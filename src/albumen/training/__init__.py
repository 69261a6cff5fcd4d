"""Making models better: tables fitted to text, heads fitted to a user's own words."""
