"""What an admin may do to each model in Django admin. Nobody else comes in; test_admin.py tries both."""

LOOK = "view"
#: The ledger and what jobs make of it: verbs change it, an admin looks.
LOOKED_AT = """
    accounts.auditentry accounts.quotause
    jobs.alert jobs.attempt jobs.dependency jobs.deploy jobs.event jobs.job jobs.overridechange jobs.queueoverride
    jobs.queuestate jobs.schedulefire jobs.schedulerprocess jobs.webhookdelivery jobs.webhookendpoint
    jobs.webhookmessage jobs.worker jobs.workflow
    pricing.batch pricing.batchitem pricing.calculation pricing.calculationitem pricing.calculationstep
    pricing.contractline pricing.contractversion pricing.observation pricing.seriesfeed pricing.valueimport
    pricing.valueupload
    prospects.buyingsignal prospects.collateral prospects.fact prospects.filing prospects.healthalert
    prospects.healthscore prospects.import prospects.leadscore prospects.lien prospects.lookup prospects.match
    prospects.party prospects.prospect prospects.prospectscore prospects.signal prospects.signalcount
    providers.keptanswer providers.modelcall providers.modelmonth providers.sourcestate
    reports.report
    research.dailyprice research.insights research.judgereview research.quotaunit research.reportedfigure
    research.research research.section research.sectoranalysis research.security research.stock research.stockanalysis
    research.subsector
"""
PERMISSIONS: dict[str, str] = {
    **dict.fromkeys(LOOKED_AT.split(), LOOK),
    # A token is made and removed, never changed.
    "accounts.apitoken": "view add delete",
    # Its texts are built in; what is edited are changes to them.
    "accounts.mailtemplate": "view change",
    "accounts.membership": "view add change delete",
    "accounts.organisation": "view add change delete",
    "accounts.user": "view add change delete",
    # RQ's dashboard in the place of a table; see jobs/rq_dashboard. Its buttons are the ledger's verbs.
    "django_rq.dashboard": "view change delete",
    "jobs.schedule": "view change",
    # Descriptions alone: terms are versions, and values are imported.
    "pricing.contract": "view change",
    "pricing.series": "view change",
    "prospects.company": "view add change delete",
    "prospects.companyfigure": "view add change delete",
    "prospects.contact": "view add change delete",
    "prospects.savedview": "view delete",
    # A further version for each change of weights.
    "prospects.scoreweights": "view add",
    "prospects.suppression": "view add change delete",
    "providers.modelbudget": "view add change delete",
    "providers.modelprice": "view add change delete",
}
