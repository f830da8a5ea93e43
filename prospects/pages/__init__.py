"""The pages of prospects, companies and contacts: one module per subject, each listing its addresses."""
