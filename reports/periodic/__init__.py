"""Reports about a company and a period that is over: a week, a month or a quarter."""
