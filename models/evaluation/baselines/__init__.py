"""What others would have done with the same log, to hold the cases against. Nothing here takes part in scoring.

Each baseline gives cases of a week from the log of that week and of the weeks before; `shirabe evaluate` judges them
as it judges the program's own. They know neither explanations nor rules nor any other step of this program.
"""
