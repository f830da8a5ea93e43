"""What the pages of research have in common."""

from django import template

from accounts.pages.tabs import Tab

from ..pages.nav import tabs

register = template.Library()


@register.simple_tag(takes_context=True)
def research_tabs(context: template.Context) -> list[Tab]:
    request = context["request"]
    return tabs(request.path, request.desk.tenant_id)
