"""What stands between Gradio's server and those who visit the page."""
