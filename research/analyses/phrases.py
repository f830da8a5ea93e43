"""What rules conclude from a fact, by its topic and by whether it speaks for or against the share. No numbers."""

from collections.abc import Mapping

from .evidence import Leaning, Topic

#: What a fact is about, within a sentence.
MATTER: Mapping[Topic, str] = {
    Topic.SAFETY: "its balance sheet",
    Topic.PROFIT: "its operating result",
    Topic.GROWTH: "the growth of its revenue",
    Topic.MOMENTUM: "the course of its price",
    Topic.QUALITY: "the return on its capital",
    Topic.VALUE: "the price of its earnings",
    Topic.CASH_FLOW: "the cash of its operations",
    Topic.LIQUIDITY: "its means for what falls due soon",
    Topic.PIOTROSKI: "the tests of its accounts",
}
#: What follows from it.
ASSESSMENT: Mapping[tuple[Topic, Leaning], str] = {
    (
        Topic.SAFETY,
        Leaning.AGAINST,
    ): "Its balance sheet is in the zone of distress: a setback would meet little reserve.",
    (Topic.SAFETY, Leaning.NEITHER): "Its balance sheet is neither safe nor in distress.",
    (Topic.SAFETY, Leaning.FOR): "Its balance sheet leaves room for a bad year.",
    (Topic.PROFIT, Leaning.AGAINST): "Its operations lose money, so the business does not carry itself yet.",
    (Topic.GROWTH, Leaning.AGAINST): "Its revenue has shrunk, and a low price may reflect just that.",
    (Topic.GROWTH, Leaning.NEITHER): "Its revenue has grown slowly.",
    (Topic.GROWTH, Leaning.FOR): "Its revenue has grown markedly.",
    (Topic.MOMENTUM, Leaning.AGAINST): "The market has marked the share down, and may know more than the figures say.",
    (Topic.MOMENTUM, Leaning.NEITHER): "The price has moved little.",
    (Topic.MOMENTUM, Leaning.FOR): "The market has raised its price, so part of the good news may be paid for already.",
    (Topic.QUALITY, Leaning.AGAINST): "It earns little on its capital, so that growth adds little while this lasts.",
    (Topic.QUALITY, Leaning.NEITHER): "Its return on capital is ordinary.",
    (Topic.QUALITY, Leaning.FOR): "It earns well on its capital.",
    (
        Topic.VALUE,
        Leaning.AGAINST,
    ): "Much is paid for its operating profit, which leaves little room for disappointment.",
    (Topic.VALUE, Leaning.NEITHER): "Its operating profit is neither cheap nor dear.",
    (Topic.VALUE, Leaning.FOR): "Its operating profit is large against what the whole company costs.",
    (Topic.CASH_FLOW, Leaning.AGAINST): "Its operations use up cash, which others have to provide.",
    (Topic.LIQUIDITY, Leaning.AGAINST): "What falls due within a year exceeds what it can soon turn into cash.",
    (Topic.PIOTROSKI, Leaning.AGAINST): "Most tests of its accounts fail: the year was worse than the one before.",
    (Topic.PIOTROSKI, Leaning.FOR): "Its accounts pass most tests: the year was better than the one before.",
}
#: What would change the view of it.
CATALYST: Mapping[tuple[Topic, Leaning], str] = {
    (
        Topic.SAFETY,
        Leaning.AGAINST,
    ): "A balance sheet that leaves the zone of distress would answer the gravest objection.",
    (Topic.PROFIT, Leaning.AGAINST): "A year with an operating profit would answer the objection that it loses money.",
    (Topic.GROWTH, Leaning.AGAINST): "A return of its revenue to growth would weaken the case against it.",
    (
        Topic.MOMENTUM,
        Leaning.AGAINST,
    ): "A price that recovers along with the figures would say that the market was too gloomy.",
    (Topic.QUALITY, Leaning.AGAINST): "A higher return on capital would make its growth worth more.",
    (Topic.VALUE, Leaning.AGAINST): "Higher operating profit at the same price would make it less dear.",
    (Topic.CASH_FLOW, Leaning.AGAINST): "A year in which operations bring cash would answer the objection.",
    (Topic.LIQUIDITY, Leaning.AGAINST): "Longer terms for its debts would ease what falls due soon.",
    (Topic.PIOTROSKI, Leaning.AGAINST): "Accounts that improve on more of the tests would weaken the case against it.",
    (Topic.PIOTROSKI, Leaning.FOR): "Accounts that turn worse on these tests would be an early warning.",
    (Topic.SAFETY, Leaning.FOR): "New debt that takes the balance sheet out of safety would change the picture.",
    (Topic.GROWTH, Leaning.FOR): "A year in which revenue stops growing would take away much of the case for it.",
    (Topic.MOMENTUM, Leaning.FOR): "A price that falls while the figures hold would ask for a reason.",
    (Topic.QUALITY, Leaning.FOR): "A falling return on capital would take away much of the case for it.",
    (Topic.VALUE, Leaning.FOR): "A lower operating profit would show that the low price was no bargain.",
}
#: What follows from a place in the lowest or the highest quarter of the peers.
COMPARISON: Mapping[tuple[Topic, Leaning], str] = {
    (Topic.VALUE, Leaning.AGAINST): "Most of its peers offer more operating profit for their price.",
    (Topic.VALUE, Leaning.FOR): "Few of its peers offer as much operating profit for their price.",
    (Topic.QUALITY, Leaning.AGAINST): "Most of its peers earn more on their capital.",
    (Topic.QUALITY, Leaning.FOR): "Few of its peers earn as much on their capital.",
    (Topic.GROWTH, Leaning.AGAINST): "Most of its peers grow faster.",
    (Topic.GROWTH, Leaning.FOR): "Few of its peers grow as fast.",
    (Topic.MOMENTUM, Leaning.AGAINST): "The prices of most of its peers did better.",
    (Topic.MOMENTUM, Leaning.FOR): "The prices of few of its peers did as well.",
    (Topic.SAFETY, Leaning.AGAINST): "Most of its peers have stronger balance sheets.",
    (Topic.SAFETY, Leaning.FOR): "Few of its peers have balance sheets as strong.",
}
