"""Text to bundle: sources, documents with spans, resources, renderings and their origins."""
