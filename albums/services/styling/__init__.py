"""Photos painted in a style: the styles, the jobs that paint, previews, and results that become photos."""

__all__ = ["examples", "gatys", "painting", "previews", "saving", "sources", "styles"]
