"""The checks that grade: the whole contract of each question, against oracles of their own."""
