"""Rendered objects mended where somebody wrote them: bases, overlays, patches, templates."""
