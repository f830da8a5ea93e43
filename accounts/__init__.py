"""Who may do what: users, organisations (tenants), roles, API tokens, plans, quotas, audit."""
