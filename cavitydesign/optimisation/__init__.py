"""From a goal to a design: the search, its models, yields under spreads, and the answer."""
