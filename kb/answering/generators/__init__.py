"""What writes answers: adapters of the Generator port. Vendors' packages are imported here alone, when first used."""
