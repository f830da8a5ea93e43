"""The eight sections of a research, in order."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SectionPlan:
    """question: what the section is to answer, for the model. nothing: what it says where no fact is known."""

    key: str
    title: str
    question: str
    nothing: str


SECTIONS = (
    SectionPlan(
        key="overview",
        title="Overview",
        question="What the company is: name, place, industry, size, age, registers it stands in.",
        nothing="No source says more than the company's name.",
    ),
    SectionPlan(
        key="financing",
        title="Financing and liens",
        question="How it is financed: active liens, who lent, what lapses soon, how much new lending there was.",
        nothing="No UCC filing is known of the company.",
    ),
    SectionPlan(
        key="finances",
        title="Revenue and payment",
        question="How its revenue develops and how it pays.",
        nothing="No revenue and no payment record is known.",
    ),
    SectionPlan(
        key="market",
        title="Competition",
        question="Who its competitors among the known companies are, and how it compares with them.",
        nothing="No other known company of its industry can be compared with it.",
    ),
    SectionPlan(
        key="news",
        title="News",
        question="What was reported lately, and in what tone.",
        nothing="No news about the company is known.",
    ),
    SectionPlan(
        key="people",
        title="People and activity",
        question="Who its people are and what they did towards us lately.",
        nothing="No contact and no activity is known.",
    ),
    SectionPlan(
        key="risks",
        title="Risks",
        question="What speaks against it: tax liens, many lenders, safety violations, insolvency, falling health.",
        nothing="No risk is visible in the known facts; that is no proof that there is none.",
    ),
    SectionPlan(
        key="outlook",
        title="Assessment",
        question="What follows for whoever wants to do business with it: score, buying signals, next step.",
        nothing="Too little is known for an assessment.",
    ),
)
