"""The demonstration: a fictional award round, its officers and its objections, all marked 演示."""
