"""Where each source of the United States' government is asked."""

OSHA_PATHS = {"inspection": "/get/OSHA/inspection/json", "violation": "/get/OSHA/violation/json"}

USPTO_PATH = "/api/v1/patent/applications/search"

CBP = "/data/2023/cbp"

SPENDING = "/api/v2/search/spending_by_award/"
