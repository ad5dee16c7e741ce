"""Finding passages: embedders, indexes, generations, retrieval."""
