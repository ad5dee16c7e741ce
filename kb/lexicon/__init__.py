"""Dutch and English words for one thing: found in one language by a question in the other, without a model."""
