"""Ids of the pipeline's jobs. They follow from what a job is about, so that a step run twice enqueues once."""


def research_job_id(sector_id: str) -> str:
    return f"sector-{sector_id}"


def ranking_job_id(sub_sector_id: str) -> str:
    return f"ranking:{sub_sector_id}"


def analysis_job_id(stock_id: str, variation: int) -> str:
    """The first attempt is variation 0."""
    return f"analysis:{stock_id}:attempt:{variation + 1}"


def judge_job_id(analysis_id: str) -> str:
    return f"judge:{analysis_id}"


def insights_job_id(analysis_id: str) -> str:
    return f"insights:{analysis_id}"
