"""The sample organisation: its documents, its questions, and what builds and checks them."""
