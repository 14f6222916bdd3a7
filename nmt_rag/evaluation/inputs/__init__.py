"""What is judged and what it is judged by, as it is read from files."""
