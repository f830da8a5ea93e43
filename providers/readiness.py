"""Whether a source may be called, and if not, why: one sentence with the remedy."""

from django.conf import settings

from .catalogue import SOURCES, KeyUse


def problem_with(name: str) -> str | None:
    """Why the source cannot be called as things are configured; None where it can."""
    source = SOURCES[name]
    given = settings.PROVIDERS[name]
    if name not in settings.LIVE_SOURCES:
        return f"{source.label} is switched off; add {name} to QUARRY_LIVE_SOURCES."
    if source.key is KeyUse.REQUIRED and not given.key:
        return f"{source.label} needs a key; set {source.prefix}_API_KEY."
    if source.contact and not given.contact:
        return f"{source.label} wants to know who is asking; set {source.contact} to a name and an e-mail address."
    if source.any_host and not settings.RSS_FEEDS:
        return f"{source.label} have no addresses; set RSS_FEEDS to those of feeds."
    return None


def problems() -> list[tuple[str, str]]:
    """(name, sentence) of each source that is switched on and lacks something: setting PROVIDER_PROBLEMS."""
    found = ((name, problem_with(name)) for name in SOURCES if name in settings.LIVE_SOURCES)
    return [(name, problem) for name, problem in found if problem]
