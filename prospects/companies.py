"""Companies as jobs meet them: by the id that the organisation's own systems use."""

from .models import Company
from .names import name_key


def ensure_company(*, tenant_id: str, key: str, name: str = "") -> Company:
    """The company of this id, made where there is none, so that what is told of it is not lost.

    name: given to a company that has none; a name that somebody has entered stays.
    """
    company = Company.objects.filter(tenant_id=tenant_id, key=key).first()
    if company is None:
        new = Company(tenant_id=tenant_id, key=key, name=name, name_key=name_key(name) if name else "")
        # Two jobs may tell of a new company at the same moment.
        Company.objects.bulk_create([new], ignore_conflicts=True)
        company = Company.objects.get(tenant_id=tenant_id, key=key)
    if name and not company.name:
        company.name, company.name_key = name, name_key(name)
        Company.objects.filter(pk=company.pk, name="").update(name=company.name, name_key=company.name_key)
    return company
