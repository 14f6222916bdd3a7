"""An evaluation as HTML, Markdown and lines."""
