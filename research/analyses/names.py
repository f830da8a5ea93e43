"""Names of the tasks that this package asks for: costs are grouped by them, rules are found by them."""

SUB_SECTORS = "sector-sub-sectors"
RATIONALES = "stock-rationales"
ANALYSIS = "stock-analysis"
VERDICT = "judge-review"
INSIGHTS = "stock-insights"
