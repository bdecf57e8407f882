"""What a repository says about itself in `.kafkalint.yaml`: data, never code."""
