"""What the grader's own numbers rest on, measured: each module here is a command."""
