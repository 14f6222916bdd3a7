"""What is looked at in an answer: its quotes, their support, gold, silence, ranking."""
