"""What was planted at towns of one hand-written week, each in its own, and what the week's cases, tables and page make of it."""
