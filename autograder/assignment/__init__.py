"""What a course defines: its rubric, its questions and its answer bank."""
