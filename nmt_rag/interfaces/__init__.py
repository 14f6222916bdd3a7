"""What people and programs meet: the terminal, HTTP, MCP, the report and the page."""

__all__: list[str] = []
