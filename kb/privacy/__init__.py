"""Subject requests: what the law lets a person ask about himself, done and proven. Decision 0008 is the map."""
