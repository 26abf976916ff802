"""For instructors: proving packs, making new ones, and adding those of others. Imports no torch: engines do."""
